import { Connection } from '$client/connection';
import type { CopyStorage } from '$client/deviceCopy';
import { IndexedCopy } from '$client/deviceCopyStorage';
import { Http } from '$client/http';
import type { OutboxStorage } from '$client/outbox';
import { IndexedOutbox } from '$client/outboxStorage';
import { SocketWire, type Wire } from '$client/wire';
import { type Language, isLanguage } from '$i18n/language.svelte';
import { t } from '$i18n/t';
import type { Profile } from '$protocol/wire';
import { Announcer } from './announcer.svelte';
import { Conversations, nameOf } from './conversations.svelte';
import { BrowserDevice, type Device } from './device';
import { DeviceCopy } from './deviceCopy';
import { Digests } from './digests.svelte';
import { Drafts } from './drafts.svelte';
import { DraftsOverDevices } from './draftsOverDevices';
import { Invites } from './invites';
import { Line } from './line.svelte';
import { Log } from './log.svelte';
import { MemberLists } from './members.svelte';
import { Messages } from './messages.svelte';
import { People } from './people.svelte';
import { Preferences } from './preferences.svelte';
import { Presence } from './presence.svelte';
import { Saved } from './saved.svelte';
import { CurrentSession } from './session.svelte';
import { Spaces } from './spaces.svelte';
import type { Stores } from './surface';
import { Toasts } from './toasts.svelte';
import { Windows } from './windows';

export interface Ports {
  readonly wire: Wire;
  readonly fetch: typeof fetch;
  readonly outbox: OutboxStorage;
  readonly copy: CopyStorage;
  readonly device: Device;
  readonly root: HTMLElement;
}

function browserPorts(): Ports {
  const copy = new IndexedCopy();
  return {
    wire: new SocketWire(),
    fetch: (...args) => fetch(...args),
    outbox: new IndexedOutbox(undefined, () => copy.clear()),
    copy,
    device: new BrowserDevice(),
    root: document.documentElement,
  };
}

/** All stores, knit together; once for a page. */
export function createStores(ports: Ports = browserPorts()): Stores {
  const { wire, device, root } = ports;
  const http = new Http(ports.fetch);
  const connection = new Connection({ wire });
  const viewer = () => session.user?.id ?? null;

  const log = new Log(connection, viewer);
  const presence = new Presence(connection);
  const people = new People(connection, presence, () => session.user);
  const toasts = new Toasts();
  const preferences = new Preferences(device, root, (chosen) => void speakEverywhere(chosen));
  const drafts = new Drafts(device);
  new DraftsOverDevices(connection, drafts);
  const saved = new Saved(connection, toasts);
  const announcer = new Announcer({
    viewer,
    wroteAt: () => presence.wroteAt,
    nameOf: ({ author }) => nameOf(people.get(author.id) ?? author),
  });
  const line = new Line({
    connection,
    device,
    syncing: () => log.syncing,
    waiting: () => messages.unsent.filter(({ state }) => state !== 'failed').length,
    lost: () => session.lost,
  });
  const messages: Messages = new Messages({
    connection,
    http,
    storage: ports.outbox,
    device,
    toasts,
    windows: () => windows,
    me: () => people.me,
    wentLate: () => line.wentLate(),
    refused: () => announcer.alert(t('announcer.send_failed')),
  });
  const windows: Windows = new Windows({
    connection,
    log,
    people,
    unsent: () => messages.unsent,
    hidden: () => messages.hidden,
    entered: (id) => {
      copy.opened(id);
      conversations.entered(id);
      return announcer.listenIn(id);
    },
  });
  const spaces: Spaces = new Spaces(connection, (id) => conversations.attentionOfSpace(id), () => copy.noteFacts());
  const conversations: Conversations = new Conversations({ connection, log, people, viewer, spaceOf: (id) => spaces.get(id) });
  const digests = new Digests({ connection, log, people });
  const members = new MemberLists(connection, people, log);
  const copy: DeviceCopy = new DeviceCopy({
    storage: ports.copy,
    log,
    windows: () => windows,
    spaces,
    user: () => session.user,
    server: () => session.server,
  });
  const session: CurrentSession = new CurrentSession({
    http,
    connection,
    remembered: () => copy.read(),
    arrived: welcome,
    leaving: () => messages.flush(),
    left: forgetAll,
    lost: () => void copy.clear(),
  });

  log.on('adopted', (conversation) => people.learn(conversation.people ?? []));
  log.on('applied', (update) => {
    people.apply(update);
    messages.apply(update);
    if (update.type === 'message_posted') announcer.hear(update.message);
  });
  log.on('reset', () => messages.reset());
  log.on('current', () => line.current());
  device.onLeave(() => {
    copy.flush();
    void messages.flush();
  });

  function welcome(user: Profile, changed: boolean): void {
    if (isLanguage(user.language)) preferences.speak(user.language);
    copy.begin(user.id);
    if (!changed) return;
    drafts.load(user.id);
    void messages.load(user.id);
  }

  function forgetAll(): void {
    toasts.flush();
    void copy.clear();
    for (const store of [log, windows, messages, people, presence, spaces, digests, members, drafts, saved]) store.clear();
  }

  async function speakEverywhere(language: Language): Promise<void> {
    if (session.phase === 'signed_in') await session.updateProfile({ language }).catch(() => undefined);
  }

  return {
    session,
    connection: line,
    spaces,
    conversations,
    timelines: windows,
    threads: windows.threads,
    digests,
    messages,
    people,
    members,
    invites: new Invites(connection, http),
    drafts,
    saved,
    preferences,
    toasts,
    announcer,
  };
}
