import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Conversation } from '$protocol/wire';
import type { Row } from '$client/rows';
import type { Stores } from '$stores/surface';
import { join, setUp } from './people';

const url = process.env['WEB_TEST_SERVER'] ?? '';
const { waitFor } = vi;

let ana: Stores;
let bruno: Stores;
let channel: Conversation;

const texts = (rows: readonly Row[]) => rows.flatMap((row) => (row.kind === 'message' ? [row.message.deleted_at ? '†' : row.message.text] : []));
const soon = { timeout: 5000 };

beforeAll(async () => {
  ana = await setUp(url);
  await waitFor(() => expect([ana.conversations.loaded, ana.spaces.loaded]).toEqual([true, true]), soon);
  const [space] = ana.spaces.list;
  if (!space) throw new Error('no space');
  const invite = await ana.invites.create({ spaceId: space.id, maxUses: 5 });
  expect((await ana.invites.preview(invite.code)).space.name).toBe(space.name);
  bruno = await join(url, 'Bruno', invite.code);
  await waitFor(() => expect([bruno.conversations.loaded, bruno.spaces.list.length]).toEqual([true, 1]), soon);
  channel = await ana.conversations.create({ kind: 'channel', space_id: space.id, name: `hornos-${Date.now().toString(36)}` });
});

describe('two people', { shuffle: false }, () => {
  it('find, read and join a channel, and talk live', async () => {
    const found = (await bruno.conversations.listSpace(channel.space_id ?? '')).find(({ id }) => id === channel.id);
    expect(found).toMatchObject({ role: null });
    ana.messages.send({ conversationId: channel.id, text: 'la primera' });
    const theirs = bruno.timelines.open(channel.id);
    await bruno.conversations.find(channel.id);
    await waitFor(() => expect(theirs.status).toBe('ready'), soon);
    await bruno.conversations.join(channel.id);
    const ours = ana.timelines.open(channel.id);
    bruno.messages.send({ conversationId: channel.id, text: 'hola' });
    await waitFor(() => expect(texts(ours.rows)).toEqual(['la primera', 'hola']), soon);
    await waitFor(() => expect(texts(theirs.rows)).toEqual(['la primera', 'hola']), soon);
    expect(ours.rows.some((row) => row.kind === 'system')).toBe(true);
  });

  it('see edits, reactions, pins and deletions', async () => {
    const [ours, theirs] = [ana.timelines.open(channel.id), bruno.timelines.open(channel.id)];
    const sent = ana.messages.send({ conversationId: channel.id, text: 'borrador' });
    const seen = () => theirs.messages.find(({ id }) => id === sent);
    await waitFor(() => expect(seen()?.text).toBe('borrador'), soon);
    const mine = () => ours.messages.find(({ id }) => id === sent) ?? expect.fail('not mine');
    await ana.messages.edit(mine(), 'limpio');
    await waitFor(() => expect(seen()).toMatchObject({ text: 'limpio', edited_at: expect.any(String) as string }), soon);
    await bruno.messages.toggleReaction(seen() ?? expect.fail('unseen'), '👍');
    await waitFor(() => expect(mine().reactions).toMatchObject([{ emoji: '👍', count: 1 }]), soon);
    await ana.messages.setPinned(mine(), true);
    await waitFor(() => expect(seen()?.pinned_at).not.toBeNull(), soon);
    expect((await bruno.messages.listPins(channel.id)).map(({ id }) => id)).toContain(sent);
    expect((await ana.messages.listRevisions(sent)).map(({ text }) => text)).toEqual(['borrador', 'limpio']);
    ana.messages.remove(mine());
    ana.toasts.dismiss(ana.toasts.current?.id ?? 0);
    await waitFor(() => expect(seen()?.deleted_at).not.toBeNull(), soon);
  });

  it('have threads and quotes', async () => {
    const root = ana.messages.send({ conversationId: channel.id, text: '¿quién viene?' });
    await waitFor(() => expect(bruno.timelines.open(channel.id).messages.some(({ id }) => id === root)).toBe(true), soon);
    const [ours, theirs] = [ana.threads.open(channel.id, root), bruno.threads.open(channel.id, root)];
    await waitFor(() => expect([ours.status, theirs.status]).toEqual(['ready', 'ready']), soon);
    bruno.messages.send({ conversationId: channel.id, text: 'yo', threadId: root });
    await waitFor(() => expect([texts(ours.rows), ours.root?.reply_count]).toEqual([['yo'], 1]), soon);
    bruno.messages.send({ conversationId: channel.id, text: 'cito', replyTo: root });
    await waitFor(() => expect(texts(ana.timelines.open(channel.id).rows).at(-1)).toBe('cito'), soon);
    expect(ana.messages.quoted(channel.id, root)?.text).toBe('¿quién viene?');
  });

  it('count what they have not read, and clear it', async () => {
    const at = () => bruno.conversations.get(channel.id) ?? expect.fail('gone');
    bruno.conversations.markRead(channel.id, at().head);
    await waitFor(() => expect(at().unread_count).toBe(0), soon);
    const username = bruno.session.user?.username ?? '';
    ana.messages.send({ conversationId: channel.id, text: `@${username} ¿vienes?` });
    ana.messages.send({ conversationId: channel.id, text: 'y trae pan' });
    await waitFor(() => expect(at()).toMatchObject({ unread_count: 2, mention_count: 1 }), soon);
    const timeline = bruno.timelines.open(channel.id);
    timeline.enter();
    expect(timeline.unreadLine?.count).toBe(2);
    bruno.conversations.markRead(channel.id, at().head);
    await waitFor(() => expect(at()).toMatchObject({ unread_count: 0, mention_count: 0 }), soon);
    await bruno.conversations.markUnreadFrom(timeline.messages.at(-1) ?? expect.fail('empty'));
    await waitFor(() => expect(at().unread_count).toBe(1), soon);
  });

  it('see who is here and who writes', async () => {
    const [anaId, brunoId] = [ana.session.user?.id ?? '', bruno.session.user?.id ?? ''];
    const stop = ana.people.watch([brunoId]);
    await waitFor(() => expect(ana.people.presence(brunoId)).toBe('online'), soon);
    bruno.people.setTyping(channel.id);
    await waitFor(() => expect(ana.people.typing(channel.id).map(({ id }) => id)).toEqual([brunoId]), soon);
    bruno.messages.send({ conversationId: channel.id, text: 'ya' });
    await waitFor(() => expect(ana.people.typing(channel.id)).toEqual([]), soon);
    expect(bruno.people.get(anaId)?.display_name).toBe('Ana');
    stop();
  });

  it('talk alone, and in their own notes', async () => {
    const direct = await ana.conversations.talkTo([bruno.session.user?.id ?? '']);
    await waitFor(() => expect(bruno.conversations.get(direct.id)).toBeDefined(), soon);
    expect([ana.conversations.titleOf(direct), direct.kind]).toEqual(['Bruno', 'direct']);
    ana.messages.send({ conversationId: direct.id, text: 'psst' });
    await waitFor(() => expect(bruno.conversations.attention(bruno.conversations.get(direct.id) ?? direct)).toEqual({ unread: 1, mentions: 1 }), soon);
    const notes = await ana.conversations.talkTo([ana.session.user?.id ?? '']);
    expect(ana.conversations.titleOf(notes)).toBe('My notes');
  });

  it('change roles, settings and the list of who is in', async () => {
    const members = ana.members.ofConversation(channel.id);
    await waitFor(() => expect(members.items).toHaveLength(2), soon);
    await bruno.conversations.mute(channel.id, true);
    await waitFor(() => expect(bruno.conversations.get(channel.id)?.muted).toBe(true), soon);
    await ana.conversations.update(channel.id, { topic: 'leña' });
    await waitFor(() => expect(bruno.conversations.get(channel.id)?.topic).toBe('leña'), soon);
    await ana.members.setRole(channel.id, bruno.session.user?.id ?? '', 'moderator');
    await waitFor(() => expect([bruno.conversations.get(channel.id)?.role, bruno.conversations.may(channel.id, 'delete_any')]).toEqual(['moderator', true]), soon);
    await ana.members.remove(channel.id, bruno.session.user?.id ?? '');
    await waitFor(() => expect(bruno.conversations.list.some(({ id }) => id === channel.id)).toBe(false), soon);
    await waitFor(() => expect(members.items).toHaveLength(1), soon);
    await ana.conversations.archive(channel.id);
    await waitFor(() => expect(ana.conversations.get(channel.id)?.archived_at).not.toBeNull(), soon);
    expect(ana.conversations.may(channel.id, 'post')).toBe(false);
    await ana.conversations.restore(channel.id);
    await waitFor(() => expect(ana.conversations.get(channel.id)?.archived_at).toBeNull(), soon);
  });

  it('keep their profile, and their sessions in hand', async () => {
    await bruno.session.updateProfile({ display_name: 'Bruno Gil', language: 'es' });
    await waitFor(() => expect(ana.people.get(bruno.session.user?.id ?? '')?.display_name).toBe('Bruno Gil'), soon);
    const current = (await bruno.session.listSessions()).find((session) => session.current) ?? expect.fail('no session');
    expect((await ana.people.search('bruno g')).map(({ id }) => id)).toContain(bruno.session.user?.id);
    await bruno.session.revokeSession(current.id);
    await waitFor(() => expect([bruno.session.lost, bruno.connection.banner]).toEqual([true, { kind: 'signed_out' }]), soon);
    await bruno.session.signIn({ login: bruno.session.user?.username ?? '', password: 'una-frase-larga-42' });
    await waitFor(() => expect(bruno.connection.ready).toBe(true), soon);
    await bruno.session.signOut();
    expect(bruno.session.phase).toBe('signed_out');
  });
});
