import { expect, it } from 'vitest';
import { uuid7 } from '$client/uuid7';

it('is a lower-case UUID of version 7 and variant 10', () => {
  expect(uuid7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('begins with its time', () => {
  const now = Date.UTC(2026, 10, 24);
  expect(parseInt(uuid7(now).replaceAll('-', '').slice(0, 12), 16)).toBe(now);
});

it('is never the same twice', () => {
  expect(new Set(Array.from({ length: 1000 }, () => uuid7(0))).size).toBe(1000);
});
