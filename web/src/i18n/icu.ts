/* ICU MessageFormat as far as the catalogues go: `{name}`, `{count, plural, =0 {…} one {…} other {# …}}` and
   `{who, select, … other {…}}`, one inside another. The whole of it would be a tenth of what a first visit fetches. */
import { kept } from './kept';

export type Values = Readonly<Record<string, string | number | Date>>;

/** Words a message with its values; `count` is what `#` stands for. */
export type Wording = (values: Values, count?: number) => string;

const ARGUMENT = /^\s*(?<name>\w+)\s*(?:,\s*(?<kind>plural|select)\s*,(?<options>.*))?$/su;
const OPTION = /\s*(?<choice>=?\w+)\s*\{/uy;

/** Reads a message once, to be worded often, in whatever language the page has then. Throws where it is not well formed. */
export function wordingOf(message: string): Wording {
  const parts: Wording[] = [];
  let at = 0;
  while (at < message.length) {
    const opening = message.indexOf('{', at);
    if (opening < 0) return join([...parts, literal(message.slice(at))]);
    const closing = closingOf(message, opening);
    parts.push(literal(message.slice(at, opening)), argument(message.slice(opening + 1, closing)));
    at = closing + 1;
  }
  return join(parts);
}

function join(parts: readonly Wording[]): Wording {
  return (values, count) => parts.map((part) => part(values, count)).join('');
}

function literal(text: string): Wording {
  return (_values, count) => (count === undefined ? text : text.replaceAll('#', numberOf(count)));
}

function argument(text: string): Wording {
  const { name, kind, options } = ARGUMENT.exec(text)?.groups ?? {};
  if (name === undefined) throw new SyntaxError(`{${text}} is no argument of a message`);
  if (kind === undefined) return (values) => String(values[name] ?? '');
  const choices = choicesOf(options ?? '');
  return kind === 'plural' ? plural(name, choices) : select(name, choices);
}

function plural(name: string, choices: Choices): Wording {
  return (values) => {
    const count = Number(values[name]);
    const chosen = choices.get(`=${count}`) ?? choices.get(categoryOf(count)) ?? choices.get('other');
    return chosen?.(values, count) ?? '';
  };
}

function select(name: string, choices: Choices): Wording {
  return (values, count) => (choices.get(String(values[name])) ?? choices.get('other'))?.(values, count) ?? '';
}

type Choices = ReadonlyMap<string, Wording>;

function choicesOf(options: string): Choices {
  const choices = new Map<string, Wording>();
  for (let at = 0; options.slice(at).trim() !== ''; ) {
    OPTION.lastIndex = at;
    const choice = OPTION.exec(options)?.groups?.['choice'];
    if (choice === undefined) throw new SyntaxError(`${options.slice(at)} is no choice of a message`);
    const closing = closingOf(options, OPTION.lastIndex - 1);
    choices.set(choice, wordingOf(options.slice(OPTION.lastIndex, closing)));
    at = closing + 1;
  }
  return choices;
}

function closingOf(text: string, opening: number): number {
  let depth = 0;
  for (let at = opening; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}' && (depth -= 1) === 0) return at;
  }
  throw new SyntaxError(`A brace stays open: ${text}`);
}

const numberOf = (count: number): string => kept('number', (of) => new Intl.NumberFormat(of)).format(count);
const categoryOf = (count: number): Intl.LDMLPluralRule => kept('plural', (of) => new Intl.PluralRules(of)).select(count);
