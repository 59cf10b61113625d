/** Computes anew only when an input is another object. Unlike `$derived` it belongs to no component, so what outlives
 * the component that asked first may use it; the reader's own tracking sees the inputs being read. */
export function memo<Inputs extends readonly unknown[], Value>(compute: (...inputs: Inputs) => Value): (...inputs: Inputs) => Value {
  let last: { inputs: Inputs; value: Value } | null = null;
  return (...inputs) => {
    const same = last?.inputs.every((input, at) => input === inputs[at]);
    if (!last || !same) last = { inputs, value: compute(...inputs) };
    return last.value;
  };
}
