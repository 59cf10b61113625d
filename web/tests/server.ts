/* The whole server of the tests: rooms, people, and wires that can be cut. */
import type { Conversation, ConversationShared, Draft, Head, Id, Ready, Update, User } from '$protocol/wire';
import type { Wire, WireListener } from '$client/wire';
import { ana, bruno, carla, conversationOf, id, profileOf, taller } from './cast';
import { Room } from './house';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what came over the wire
type Params = Record<string, any>;
type Answer = { ok: true; result: unknown } | { ok: false; error: unknown };

class Refused extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

export class Server {
  readonly rooms = new Map<Id, Room>();
  readonly people = new Map([ana, bruno, carla].map((user) => [user.id, user]));
  readonly wires = new Set<ServerWire>();
  /** Of the one person who uses several browsers. */
  readonly drafts = new Map<string, Draft>();
  draftVersion = 0;
  /** The last saved first. */
  saved: Id[] = [];
  /** Whose command is being carried out. */
  speaker: ServerWire | null = null;
  version = '1.0';
  down = false;
  setUpRequired = false;
  /** What happens between the rooms being entered and `gateway.ready`. */
  beforeReady: () => void = () => undefined;
  /** Who the cookie of the browser stands for. */
  cookie: User | null = ana;

  room(name: string, members: readonly User[], shared: Partial<ConversationShared> = {}): Room {
    const room: Room = new Room({ id: id(name), name, ...shared }, members, (update) => this.#tell(room, update));
    this.rooms.set(room.id, room);
    return room;
  }

  /** Everybody's connection breaks; who comes back is let in. */
  cutAll(): void {
    for (const wire of [...this.wires]) wire.cut();
  }

  emit(user: User, event: string, payload: object): void {
    for (const wire of this.wires) if (wire.user.id === user.id) wire.hear(event, payload);
  }

  /** The other connections of who speaks. */
  emitElsewhere(user: User, event: string, payload: object): void {
    for (const wire of this.wires) if (wire.user.id === user.id && wire !== this.speaker) wire.hear(event, payload);
  }

  draftAt({ conversation_id, thread_id = null }: Params): Draft {
    const nothing = { conversation_id, thread_id, text: '', version: this.draftVersion, saved_at: null } as Draft;
    return this.drafts.get(`${conversation_id}/${thread_id ?? ''}`) ?? nothing;
  }

  #tell(room: Room, update: Update): void {
    for (const wire of this.wires) {
      if (room.members.has(wire.user.id)) wire.hear(`conversations.${update.type}`, update);
    }
  }

  readonly fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (this.down) return Promise.reject(new TypeError('Failed to fetch'));
    const [status, body] = this.#call(`${init?.method ?? 'GET'} ${String(url).replace('/api/v1', '')}`);
    return Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }));
  };

  #call(call: string): [number, unknown] {
    const signedIn = { token: 't', session_id: 's', user: this.cookie && profileOf(this.cookie) };
    switch (call) {
      case 'GET /server':
        return [200, { name: 'Casa', version: this.version, protocol: 1, features: [], setup_required: this.setUpRequired, registration: 'invite', guests: false, languages: ['en', 'es'], limits: { text: 16000 } }];
      case 'GET /users/me':
        return this.cookie ? [200, { user: profileOf(this.cookie) }] : [401, { code: 'unauthenticated', status: 401, detail: '' }];
      case 'DELETE /sessions/current':
        this.cookie = null;
        return [204, null];
      case 'POST /sessions':
        this.cookie ??= ana;
        return [201, { ...signedIn, user: profileOf(this.cookie) }];
      default:
        return this.#deleteByCall(call) ?? [404, { code: 'not_found', status: 404, detail: call }];
    }
  }

  #deleteByCall(call: string): [number, unknown] | null {
    const [, messageId] = /^DELETE \/messages\/(.+)$/.exec(call) ?? [];
    if (!messageId || !this.cookie) return null;
    this.holding(messageId).delete(this.cookie, messageId);
    return [204, null];
  }

  heads(user: User): Record<Id, Head> {
    const mine = [...this.rooms.values()].filter((room) => room.members.has(user.id));
    return Object.fromEntries(mine.map((room) => {
      const { epoch, head, read, messages, unread_count, mention_count } = room.conversation(user);
      return [room.id, { epoch, head, read, messages, unread_count, mention_count }];
    }));
  }

  carryOut(user: User, name: string, params: Params): unknown {
    const command = COMMANDS[name];
    if (!command) throw new Refused('gateway.unknown_command', 404);
    return command(this, user, params);
  }

  roomOf(params: Params): Room {
    return this.rooms.get(params['conversation_id'] as Id) ?? refuse('not_found', 404);
  }

  /** The room that holds a message. */
  holding(messageId: Id): Room {
    return [...this.rooms.values()].find((room) => room.messages.has(messageId)) ?? refuse('not_found', 404);
  }
}

function refuse(code: string, status: number): never {
  throw new Refused(code, status);
}

type Command = (server: Server, user: User, params: Params) => unknown;

function onMessage(act: (room: Room, user: User, id: Id, params: Params) => unknown): Command {
  return (server, user, params) => act(server.holding(params['message_id'] as Id), user, params['message_id'] as Id, params) ?? {};
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'conversations.list_spaces': () => ({ items: [taller] }),
  'conversations.list_conversations': (server, user) => ({
    items: [...server.rooms.values()].filter((room) => room.members.has(user.id)).map((room) => room.conversation(user)),
  }),
  'conversations.get_conversation': (server, user, params) => ({ conversation: server.roomOf(params).conversation(user) }),
  'conversations.list_messages': (server, user, params) => {
    const room = server.roomOf(params);
    const { before, after, around } = params as { before?: number; after?: number; around?: Id | number };
    if (typeof around === 'string' && !room.messages.has(around)) refuse('not_found', 404);
    return before ?? after ?? around ? room.page(params) : room.snapshot(user, (params['limit'] as number | undefined) ?? 50);
  },
  'conversations.catch_up': (server, user, { positions }) => {
    const asked = Object.entries(positions as Record<Id, { epoch: string; seq: number }>).map(([each, position]) => ({ ...position, each, room: server.rooms.get(each) }));
    const readable = asked.filter(({ room }) => room?.members.has(user.id));
    const isOther = ({ room, epoch, seq }: (typeof asked)[number]) => room !== undefined && (room.epoch !== epoch || seq > room.head);
    return {
      updates: readable.filter((one) => !isOther(one)).flatMap(({ room, seq }) => room?.since(seq) ?? []),
      heads: server.heads(user),
      resync: readable.filter(isOther).map(({ each }) => each),
      gone: asked.filter(({ room }) => !room?.members.has(user.id)).map(({ each }) => each),
      more: false,
    };
  },
  'conversations.post_message': (server, user, params) => {
    const room = server.roomOf(params);
    if (!room.members.has(user.id)) refuse('conversations.not_a_member', 403);
    return { message: room.post(user, params as never) };
  },
  'conversations.edit_message': onMessage((room, user, each, { text }) => ({ message: room.edit(user, each, text as string) })),
  'conversations.delete_message': onMessage((room, user, each, { undone }) => room.delete(user, each, (undone as boolean | undefined) ?? false)),
  'conversations.add_reaction': onMessage((room, user, each, { emoji }) => room.react(user, each, emoji as string, 'reaction_added')),
  'conversations.remove_reaction': onMessage((room, user, each, { emoji }) => room.react(user, each, emoji as string, 'reaction_removed')),
  'conversations.get_message': onMessage((room, _user, each) => ({ message: room.messages.get(each) })),
  'conversations.list_thread': onMessage((room, _user, each) => room.thread(each)),
  'conversations.mark_read': (server, user, params) => {
    const room = server.roomOf(params);
    room.marks.set(user.id, params['seq'] as number);
    const { head, unread_count, mention_count } = room.conversation(user);
    server.emit(user, 'conversations.read', { conversation_id: room.id, seq: params['seq'], head, unread_count, mention_count });
    return {};
  },
  'conversations.join': (server, user, params) => {
    const room = server.roomOf(params);
    room.join(user);
    server.emit(user, 'conversations.added', { conversation: room.conversation(user) });
    return {};
  },
  'conversations.leave': (server, user, params) => {
    server.roomOf(params).leave(user);
    server.emit(user, 'conversations.removed', { conversation_id: params['conversation_id'] });
    return {};
  },
  'conversations.list_members': (server, _user, params) => ({
    items: [...server.roomOf(params).members.values()].map((user) => ({ user, role: 'member', joined_at: '2026-11-24T09:00:00.000Z' })),
    next: null,
  }),
  'conversations.create_conversation': (server, user, params) => {
    const { id: asked, kind, members, name = null } = params as Pick<Conversation, 'id' | 'kind' | 'name'> & { members?: Id[] };
    const people = [user, ...(members ?? []).flatMap((each) => server.people.get(each) ?? [])];
    const room: Room = server.room(asked, people, { id: asked, kind, name, space_id: null, people });
    return { conversation: room.conversation(user) };
  },
  'presence.watch': (_server, _user, { user_ids }) => ({ states: Object.fromEntries((user_ids as Id[]).map((each) => [each, 'online'])) }),
  'presence.set_typing': () => ({}),
  'personal.list_drafts': ({ drafts, draftVersion: version }) => ({ items: [...drafts.values()], next: null, version }),
  'personal.list_saved_ids': ({ saved }) => ({ message_ids: saved }),
  'personal.save_message': (server, user, { message_id }) => {
    server.holding(message_id as Id);
    server.saved = [message_id as Id, ...server.saved];
    server.emit(user, 'personal.message_saved', { message_id, saved_at: '2026-11-24T09:00:00.000Z' });
    return {};
  },
  'personal.unsave_message': (server, user, { message_id }) => {
    server.saved = server.saved.filter((each) => each !== message_id);
    server.emit(user, 'personal.message_unsaved', { message_id });
    return {};
  },
  'personal.get_draft': (server, _user, params) => ({ draft: server.draftAt(params) }),
  'personal.save_draft': (server, user, params) => {
    const { conversation_id, thread_id = null, text, version } = params as Draft;
    server.roomOf(params);
    const known = server.draftAt(params);
    if (text === known.text) return { draft: known };
    if (known.text && known.version > version) refuse('personal.draft_newer', 409);
    const draft = { conversation_id, thread_id, text, version: ++server.draftVersion, saved_at: null };
    if (text) server.drafts.set(`${conversation_id}/${thread_id ?? ''}`, draft);
    else server.drafts.delete(`${conversation_id}/${thread_id ?? ''}`);
    server.emitElsewhere(user, 'personal.draft_changed', { draft });
    return { draft };
  },
};

/** One browser's wire. The test may cut it, hold its acknowledgements back, or let them be lost. */
export class ServerWire implements Wire {
  readonly #server: Server;
  #listener: WireListener | null = null;
  #open = false;
  #pending: ((error: Error) => void)[] = [];
  acknowledges = true;
  readonly asked: [string, Params][] = [];

  constructor(server: Server) {
    this.#server = server;
  }

  get user(): User {
    return this.#server.cookie ?? { ...ana, id: id('guest'), kind: 'guest' };
  }

  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  open(): void {
    queueMicrotask(() => {
      if (this.#server.down) return this.#listener?.failed({ code: 'unavailable', retryAfterMs: null });
      this.#open = true;
      this.#server.wires.add(this);
      const ready = this.#ready();
      this.#server.beforeReady();
      this.hear('gateway.ready', ready);
    });
  }

  close(): void {
    this.#drop();
  }

  /** The network takes it away. */
  cut(): void {
    this.#drop();
    this.#listener?.lost();
  }

  hear(name: string, payload: object): void {
    const copy: unknown = JSON.parse(JSON.stringify(payload));
    queueMicrotask(() => {
      if (this.#open) this.#listener?.event(name, copy);
    });
  }

  emit(name: string, payload: object): void {
    this.asked.push([name, payload as Params]);
  }

  ask(name: string, payload: object): Promise<unknown> {
    this.asked.push([name, payload as Params]);
    return new Promise((resolve, reject) => {
      this.#pending.push(reject);
      const answer = this.#answer(name, JSON.parse(JSON.stringify(payload)) as Params);
      if (this.acknowledges) setTimeout(() => this.#open && resolve(answer), 0);
    });
  }

  #answer(name: string, params: Params): Answer {
    this.#server.speaker = this;
    try {
      const result: unknown = JSON.parse(JSON.stringify(this.#server.carryOut(this.user, name, params) ?? {}));
      return { ok: true, result };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, status } = error;
      return { ok: false, error: { code, status, detail: code, retryable: false, request_id: 'r' } };
    }
  }

  #drop(): void {
    this.#open = false;
    this.#server.wires.delete(this);
    for (const reject of this.#pending.splice(0)) reject(new Error('socket has been disconnected'));
  }

  #ready(): Ready {
    const server = { name: 'Casa', version: this.#server.version, protocol: 1, features: [] };
    return { user: this.user, session_id: 's', server, heads: this.#server.heads(this.user), reconnect: { base_ms: 10, max_ms: 50 } };
  }
}

/** A channel's row as the list of a space shows it. */
export function channel(name: string): Partial<ConversationShared> {
  return { ...conversationOf(), id: id(name), name };
}
