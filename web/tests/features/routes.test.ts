import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversationHref, formatRoute, parseRoute, SETTINGS_SECTIONS, type Panel, type Route } from '$features/navigation/routes';

const id = fc.uuid();
const panel = fc.oneof<fc.Arbitrary<Panel | null>[]>(
  fc.constant(null),
  fc.constant({ kind: 'people' as const }),
  fc.constant({ kind: 'details' as const }),
  id.map((thread) => ({ kind: 'thread' as const, id: thread })),
);
const route = fc.oneof<fc.Arbitrary<Route>[]>(
  fc.constant({ page: 'home' }),
  fc.constant({ page: 'sign_in' }),
  fc.constant({ page: 'saved' }),
  fc.constant({ page: 'catch_up' }),
  fc.option(fc.string({ minLength: 1 })).map((code) => ({ page: 'setup', code })),
  fc.option(fc.stringMatching(/^[\w-]+$/)).map((code) => ({ page: 'join', code })),
  id.map((spaceId) => ({ page: 'space', spaceId })),
  fc.constantFrom(null, ...SETTINGS_SECTIONS).map((section) => ({ page: 'settings', section })),
  fc.record({ page: fc.constant('conversation' as const), spaceId: fc.option(id, { nil: null }), conversationId: id, messageId: fc.option(id, { nil: null }), panel }),
);

describe('an address', () => {
  it('reads back as the place it was made of', () => {
    fc.assert(
      fc.property(route, (place) => {
        expect(parseRoute(formatRoute(place))).toEqual(place);
      }),
    );
  });

  it('is the one of the design', () => {
    const place: Route = { page: 'conversation', spaceId: 's1', conversationId: 'c1', messageId: 'm1', panel: { kind: 'thread', id: 't1' } };
    expect(formatRoute(place)).toBe('/s/s1/c/c1/m/m1?panel=thread:t1');
    expect(conversationHref({ id: 'c1', space_id: null })).toBe('/c/c1');
  });

  it.each(['/nowhere', '/s', '/s/1/x/2', '/c', '/c/1/n/2', '/c/1/m', '/settings/secrets', '/saved/1', '/catch-up/1'])('%s leads nowhere', (address) => {
    expect(parseRoute(address)).toEqual({ page: 'not_found' });
  });

  it('keeps the set-up code of the printed link', () => {
    expect(parseRoute('/setup?code=AB%2D12')).toEqual({ page: 'setup', code: 'AB-12' });
  });

  it('does not fall over broken escapes', () => {
    expect(parseRoute('/join/%E0%A4%A')).toMatchObject({ page: 'join' });
  });
});
