import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Member } from '../../../lambdas/protocol/member.ts';
import { presenceData } from '../../../lambdas/protocol/presence-data.ts';
import { anyText } from '../any-text.ts';

const member = (userId: unknown, userInfo?: unknown): Member => ({
  userId: String(userId),
  channelData: JSON.stringify({ user_id: userId, user_info: userInfo }),
});

describe('who is on a presence channel', () => {
  it('is told with count, ids and a hash, as Reverb has it', () => {
    expect(presenceData([member(1, { name: 'Ana' }), member(2, { name: 'Luz' })])).toBe(
      '{"presence":{"count":2,"ids":[1,2],"hash":{"1":{"name":"Ana"},"2":{"name":"Luz"}}}}',
    );
  });

  it('is nobody with a hash that is an object all the same', () => {
    expect(presenceData([])).toBe('{"presence":{"count":0,"ids":[],"hash":{}}}');
  });

  it('is each user once, in the order in which they came, in the type of each id', () => {
    expect(presenceData([member(3), member('2'), member(2), member('b'), member(3)])).toBe(
      '{"presence":{"count":3,"ids":[3,"2","b"],"hash":{"3":null,"2":null,"b":null}}}',
    );
  });

  it('keeps what only a text can keep', () => {
    const channelData = '{"user_id": 1, "user_info": {"balance": 12345678901234567890}}';

    expect(presenceData([{ userId: '1', channelData }])).toContain('"1":{"balance": 12345678901234567890}');
  });

  it('has users of any id at all', () => {
    const ids = fc.uniqueArray(
      fc.oneof(fc.constantFrom('__proto__', 'constructor', '"', '10', '9'), anyText),
    );
    fc.assert(
      fc.property(ids, fc.jsonValue(), (userIds, info) => {
        const { presence } = JSON.parse(presenceData(userIds.map((id) => member(id, info))));
        expect(presence.count).toBe(userIds.length);
        expect(presence.ids).toEqual(userIds);
        expect(Object.keys(presence.hash).sort()).toEqual([...userIds].sort());
        for (const id of userIds) expect(JSON.stringify(presence.hash[id])).toBe(JSON.stringify(info));
      }),
    );
  });
});
