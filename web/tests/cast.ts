/* The people, places and messages of the tests. */
import type { Conversation, Id, Message, Profile, Space, Update, User } from '$protocol/wire';

export function id(name: string): Id {
  const hex = [...name].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return `01890000-0000-7000-8000-${hex.slice(-12).padStart(12, '0')}`;
}

export function person(name: string): User {
  const username = name.toLowerCase();
  return { id: id(username), username, display_name: name, avatar_url: null, kind: 'person' };
}

export const ana = person('Ana');
export const bruno = person('Bruno');
export const carla = person('Carla');

export function profileOf(user: User): Profile {
  return { ...user, email: null, language: 'en', time_zone: 'Europe/Madrid', administrator: false };
}

export const taller: Space = {
  id: id('taller'),
  name: 'Taller',
  kind: 'team',
  wall: 'verde',
  member_count: 3,
  role: 'member',
  created_at: '2026-11-24T09:00:00.000Z',
};

export function conversationOf(fields: Partial<Conversation> = {}): Conversation {
  return {
    id: id('hornos'),
    kind: 'channel',
    space_id: taller.id,
    name: 'hornos',
    topic: '',
    visibility: 'public',
    default: false,
    about: null,
    member_count: 3,
    people: null,
    created_at: '2026-11-24T09:00:00.000Z',
    archived_at: null,
    epoch: 'e1',
    head: 0,
    messages: 0,
    last_message: null,
    role: 'member',
    muted: false,
    read: 0,
    unread_count: 0,
    mention_count: 0,
    ...fields,
  };
}

export function messageOf(fields: Partial<Message> & { seq: number }): Message {
  const author = fields.author ?? bruno;
  return {
    id: id(`m${fields.seq}`),
    conversation_id: id('hornos'),
    number: fields.seq,
    author,
    kind: 'text',
    text: `message ${fields.seq}`,
    data: null,
    created_at: new Date(Date.UTC(2026, 10, 24, 9, fields.seq)).toISOString(),
    edited_at: null,
    deleted_at: null,
    undone: false,
    pinned_at: null,
    reply_to: null,
    thread_id: null,
    also_in_channel: false,
    reply_count: 0,
    attachments: [],
    reactions: [],
    mentions: [],
    ...fields,
  };
}

type Part<Type extends Update['type']> = Omit<Extract<Update, { type: Type }>, 'type' | 'conversation_id' | 'at' | 'actor_id'>;

export function update<Type extends Update['type']>(type: Type, part: Part<Type>): Update {
  return {
    type,
    conversation_id: id('hornos'),
    at: '2026-11-24T12:00:00.000Z',
    actor_id: bruno.id,
    ...part,
  } as unknown as Update;
}

export function posted(seq: number, fields: Partial<Message> = {}): Update {
  return update('message_posted', { seq, message: messageOf({ seq, ...fields }) });
}
