import type { ConversationRole, SpaceKind, SpaceRole } from '$protocol/wire';

export type ConversationAction =
  | 'post'
  | 'react'
  | 'pin'
  | 'rename'
  | 'add_people'
  | 'delete_any'
  | 'remove_people'
  | 'mention_everyone'
  | 'archive'
  | 'change_visibility';

export type SpaceAction = 'create_conversations' | 'join_channels' | 'invite' | 'manage';

/** The columns of the table of protocol.md, from the least to the most. */
const RANKS = { guest: 0, member: 1, moderator: 2, owner: 3 } as const;
type Rank = (typeof RANKS)[keyof typeof RANKS];

const RANK_OF_ROLE: Readonly<Record<SpaceRole, Rank>> = {
  guest: RANKS.guest,
  guardian: RANKS.guest,
  member: RANKS.member,
  agent: RANKS.member,
  student: RANKS.member,
  moderator: RANKS.moderator,
  assistant: RANKS.moderator,
  owner: RANKS.owner,
  admin: RANKS.owner,
  teacher: RANKS.owner,
};

const IN_CONVERSATION: Readonly<Record<ConversationAction, Rank>> = {
  post: RANKS.guest,
  react: RANKS.guest,
  pin: RANKS.member,
  rename: RANKS.member,
  add_people: RANKS.member,
  delete_any: RANKS.moderator,
  remove_people: RANKS.moderator,
  mention_everyone: RANKS.moderator,
  archive: RANKS.owner,
  change_visibility: RANKS.owner,
};

const IN_SPACE: Readonly<Record<SpaceAction, Rank>> = {
  create_conversations: RANKS.member,
  join_channels: RANKS.member,
  invite: RANKS.moderator,
  manage: RANKS.owner,
};

function rankOf(role: SpaceRole | ConversationRole | null | undefined): Rank {
  return role ? RANK_OF_ROLE[role] : RANKS.guest;
}

/** What the interface offers; the server decides. The higher of the two roles counts. */
export function mayInConversation(
  action: ConversationAction,
  roles: { space?: SpaceRole | null; conversation?: ConversationRole | null },
): boolean {
  // A conversation's `member` adds nothing to what the space gives: a guest of the space stays one.
  const here = roles.conversation === 'member' && roles.space ? RANKS.guest : rankOf(roles.conversation);
  return Math.max(rankOf(roles.space), here) >= IN_CONVERSATION[action];
}

export function mayInSpace(action: SpaceAction, role: SpaceRole | null | undefined): boolean {
  return rankOf(role) >= IN_SPACE[action];
}

const OF_KIND: Readonly<Record<SpaceKind, readonly SpaceRole[]>> = {
  team: ['owner', 'admin', 'moderator', 'member', 'guest'],
  support: ['owner', 'admin', 'agent'],
  class: ['owner', 'teacher', 'assistant', 'student', 'guardian'],
};

/** The roles of a kind of space, the highest first. */
export function rolesOf(kind: SpaceKind): readonly SpaceRole[] {
  return OF_KIND[kind];
}

/** The roles that who has `role` may give by an invite: none above one's own. */
export function rolesToGive(kind: SpaceKind, role: SpaceRole | null): readonly SpaceRole[] {
  const roles = OF_KIND[kind];
  return role && mayInSpace('invite', role) ? roles.slice(Math.max(0, roles.indexOf(role))) : [];
}
