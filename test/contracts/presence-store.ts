import { beforeEach, describe, expect, it } from 'vitest';
import type { Member } from '../../lambdas/protocol/member.ts';
import { markOf } from '../../lambdas/protocol/sequence-number.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { connectionNamed } from './connection-store.ts';
import { NOW, type StoresWorld } from './stores-world.ts';

const CHANNEL = 'presence-room';

export const memberNamed = (userId: string, info = 'x'): Member => ({
  userId,
  channelData: `{"user_id":"${userId}","user_info":"${info}"}`,
});

export function presenceStoreContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<StoresWorld>,
): void {
  describe(`a presence store: ${name}`, () => {
    let world: StoresWorld;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1000);
      world = await setUp(clock);
      for (const id of ['a=', 'b=', 'c=']) await world.connections.open(connectionNamed(id));
    });

    const join = async (connectionId: string, member: Member, channel = CHANNEL) =>
      expect(
        await world.subscriptions.subscribe({
          connectionId,
          channel,
          expiresAt: NOW + 60,
          askedAt: clock.now(),
          member,
          inOrder: true,
        }),
      ).toBe('subscribed');
    const place = { connectionId: 'a=', channel: CHANNEL, shard: 0 };
    const leave = (connectionId: string, channel = CHANNEL) =>
      world.subscriptions.unsubscribe(connectionId, channel, clock.now() + 1);
    const members = async (channel = CHANNEL) =>
      (await world.presence.membersOf(channel)).map(({ userId }) => userId);
    const entries = () => world.entriesOn(CHANNEL);
    const counts = (channel = CHANNEL) => world.occupancy.countsOf(channel);
    const depart = async (userId: string) => {
      const absence = await world.absenceOf(CHANNEL, userId);
      return absence !== undefined && (await world.presence.depart(absence));
    };
    const many = (of: number) => Array.from({ length: of }, (_, index) => `tab-${index}=`);

    it('has nobody before anybody has come', async () => {
      expect(await members()).toEqual([]);
    });

    it('lists members in the order in which they came, each with its data, on that channel', async () => {
      await join('a=', memberNamed('9'));
      await join('b=', memberNamed('1'));
      await join('c=', memberNamed('5'));
      await join('c=', memberNamed('other'), 'presence-room-2');
      expect(await world.presence.membersOf(CHANNEL)).toEqual([
        { ...memberNamed('9'), announced: false },
        { ...memberNamed('1'), announced: false },
        { ...memberNamed('5'), announced: false },
      ]);
      expect(await counts()).toEqual({ subscriptions: 3, members: 3 });
    });

    it('enters who has come, and leaves the subscription waiting for that entry to be told', async () => {
      await join('a=', memberNamed('7'));
      const [joined] = await entries();
      expect(await entries()).toEqual([
        {
          kind: 'joined',
          channel: CHANNEL,
          id: joined?.id,
          connectionId: 'a=',
          fresh: true,
          newMember: true,
          member: memberNamed('7'),
        },
      ]);
      expect(await world.subscriptions.find('a=', CHANNEL)).toMatchObject({
        userId: '7',
        joining: joined?.id,
      });

      await world.subscriptions.markJoined(place, 'another entry', '7');
      expect(await world.subscriptions.find('a=', CHANNEL)).toMatchObject({ joining: joined?.id });
      await world.subscriptions.markJoined(place, joined?.id ?? '', '8');
      const told = await world.subscriptions.find('a=', CHANNEL);
      expect(told).not.toHaveProperty('joining');
      expect(told).toMatchObject({ hearsAfter: markOf('8') });
      await world.subscriptions.markJoined(place, joined?.id ?? '', '9');
      expect(await world.subscriptions.find('a=', CHANNEL)).toEqual(told);
    });

    it('owes nothing to who has come again of what was stored before, and all from its success on', async () => {
      await join('a=', memberNamed('7'));
      const [joined] = await entries();
      await world.subscriptions.markJoined(place, joined?.id ?? '', '8');
      await world.subscriptions.markLagging(place, '9');

      const owed = ['7', '8', '9'].map((id) => world.subscriptions.isOwed(place, id));

      expect(await Promise.all(owed)).toEqual([false, true, true]);
    });

    it('marks nothing as told of who is not subscribed', async () => {
      await world.subscriptions.markJoined(place, 'an entry', '7');
      expect(await world.subscriptions.find('a=', CHANNEL)).toBeUndefined();
    });

    it('enters who has come to a channel without members in the same way', async () => {
      const request = { connectionId: 'a=', channel: 'cache-news', expiresAt: NOW + 60, askedAt: NOW };
      await world.subscriptions.subscribe({ ...request, inOrder: true });
      const [joined] = await world.entriesOn('cache-news');
      expect(joined).toEqual({
        kind: 'joined',
        channel: 'cache-news',
        id: joined?.id,
        connectionId: 'a=',
        fresh: true,
        newMember: false,
      });
      expect(await world.subscriptions.find('a=', 'cache-news')).toMatchObject({ joining: joined?.id });
      expect(await counts('cache-news')).toEqual({ subscriptions: 1, members: 0 });
    });

    it('enters nothing of who could not subscribe', async () => {
      const request = { channel: CHANNEL, expiresAt: NOW + 60, askedAt: NOW, inOrder: true };
      await world.subscriptions.subscribe({ ...request, connectionId: 'no=', member: memberNamed('7') });
      expect(await entries()).toEqual([]);
      expect(await members()).toEqual([]);
      expect(await world.connectionsOf('7')).toEqual([]);
    });

    it('notes whose the connection is', async () => {
      await join('a=', memberNamed('7'));
      await join('a=', memberNamed('8'), 'presence-other');
      expect(await world.connectionsOf('7')).toEqual(['a=']);
      expect([...(await world.lastImageOf('a=')).users].sort()).toEqual(['7', '8']);
    });

    it('takes a user in three tabs for one member, who leaves with the last of them', async () => {
      for (const id of ['a=', 'b=', 'c=']) await join(id, memberNamed('7'));
      expect(await counts()).toEqual({ subscriptions: 3, members: 1 });
      expect((await entries()).map((entry) => 'newMember' in entry && entry.newMember)).toEqual([
        true,
        false,
        false,
      ]);
      await leave('b=');
      await leave('a=');
      expect(await world.absenceOf(CHANNEL, '7')).toBeUndefined();
      clock.advance(5);
      await leave('c=');
      expect(await world.absenceOf(CHANNEL, '7')).toEqual({
        channel: CHANNEL,
        userId: '7',
        since: NOW * 1000 + 5,
      });
      expect(await counts()).toEqual({ subscriptions: 0, members: 1 });
      expect(await members()).toEqual(['7']);
    });

    it('keeps the latest data of a member, and the place in which it came', async () => {
      await join('a=', memberNamed('7', 'old'));
      await join('b=', memberNamed('8'));
      await join('c=', memberNamed('7', 'new'));
      expect(await world.presence.membersOf(CHANNEL)).toMatchObject([
        memberNamed('7', 'new'),
        memberNamed('8'),
      ]);
    });

    it('answers whoever subscribes again, who has not come anew', async () => {
      await join('a=', memberNamed('7'));
      const [first] = await entries();
      clock.advance(10);
      await join('a=', memberNamed('7'));
      expect(await counts()).toEqual({ subscriptions: 1, members: 1 });
      expect((await entries()).slice(1)).toMatchObject([
        { kind: 'joined', connectionId: 'a=', fresh: false, newMember: false, member: memberNamed('7') },
      ]);
      // The first one has still to be told, and of those after it the latest.
      await join('a=', memberNamed('7'));
      const last = (await entries()).at(-1);
      expect(last?.id).not.toBe(first?.id);
      expect(await world.subscriptions.find('a=', CHANNEL)).toMatchObject({
        joining: first?.id,
        askedAgain: last?.id,
      });
      await leave('a=');
      expect(await world.absenceOf(CHANNEL, '7')).toBeDefined();
    });

    it('takes subscribing as another user for leaving and coming', async () => {
      await join('a=', memberNamed('7'));
      clock.advance(10);
      await join('a=', memberNamed('8'));
      expect(await world.absenceOf(CHANNEL, '7')).toMatchObject({ since: NOW * 1000 + 10 });
      expect(await world.absenceOf(CHANNEL, '8')).toBeUndefined();
      expect(await counts()).toEqual({ subscriptions: 1, members: 2 });
      expect((await entries()).at(-1)).toMatchObject({
        fresh: true,
        newMember: true,
        member: memberNamed('8'),
      });
      expect(await world.subscriptions.find('a=', CHANNEL)).toMatchObject({ userId: '8' });
      expect((await world.lastImageOf('a=')).channels).toEqual([CHANNEL]);
    });

    it('has announced whom it was told to, by the entry with which it came', async () => {
      await join('a=', memberNamed('7'));
      const [joined] = await entries();
      const announced = async () =>
        (await world.presence.membersOf(CHANNEL)).map((member) => member.announced);
      await world.presence.announce(CHANNEL, '7', 'another entry');
      expect(await announced()).toEqual([false]);
      await world.presence.announce(CHANNEL, '7', joined?.id ?? '');
      await world.presence.announce(CHANNEL, '7', joined?.id ?? '');
      expect(await announced()).toEqual([true]);
      await world.presence.announce(CHANNEL, '8', joined?.id ?? '');
      expect(await members()).toEqual(['7']);
    });

    it('lets a member depart who is absent still, once, and enters that', async () => {
      await join('a=', memberNamed('7'));
      await leave('a=');
      const absence = await world.absenceOf(CHANNEL, '7');
      clock.advance(10);
      expect(absence && (await world.presence.depart(absence))).toBe(true);
      expect(absence && (await world.presence.depart(absence))).toBe(false);
      expect(await members()).toEqual([]);
      expect(await counts()).toEqual({ subscriptions: 0, members: 0 });
      expect((await entries()).slice(1)).toMatchObject([
        { kind: 'left', channel: CHANNEL, member: memberNamed('7') },
      ]);
    });

    it('keeps a member who has come back, who then has not come anew', async () => {
      await join('a=', memberNamed('7'));
      await leave('a=');
      const absence = await world.absenceOf(CHANNEL, '7');
      clock.advance(10);
      await join('b=', memberNamed('7'));
      expect(await world.absenceOf(CHANNEL, '7')).toBeUndefined();
      expect((await entries()).at(-1)).toMatchObject({ fresh: true, newMember: false });
      expect(absence && (await world.presence.depart(absence))).toBe(false);

      // Neither when it is absent again: somebody else looks after that absence.
      await leave('b=');
      expect(absence && (await world.presence.depart(absence))).toBe(false);
      expect(await members()).toEqual(['7']);
      expect(await depart('7')).toBe(true);
    });

    it('takes a member for new who comes after it has departed', async () => {
      await join('a=', memberNamed('7'));
      const [first] = await entries();
      await leave('a=');
      await depart('7');
      clock.advance(10);
      await join('a=', memberNamed('7'));
      await world.presence.announce(CHANNEL, '7', first?.id ?? '');
      expect(await world.presence.membersOf(CHANNEL)).toMatchObject([{ announced: false }]);
      expect((await entries()).at(-1)).toMatchObject({ fresh: true, newMember: true });
      expect(await counts()).toEqual({ subscriptions: 1, members: 1 });
    });

    it('has nobody depart who never was there', async () => {
      const absence = { channel: CHANNEL, userId: '7', since: NOW };
      expect(await world.presence.depart(absence)).toBe(false);
      expect(await entries()).toEqual([]);
      expect(await counts()).toEqual({ subscriptions: 0, members: 0 });
    });

    it('misses whose connection was removed, on each channel, once', async () => {
      await join('a=', memberNamed('7'));
      await join('b=', memberNamed('7'));
      await join('a=', memberNamed('7'), 'presence-other');
      await world.subscriptions.subscribe({
        connectionId: 'a=',
        channel: 'news',
        expiresAt: NOW + 60,
        askedAt: NOW,
        inOrder: false,
      });
      const { channels } = await world.lastImageOf('a=');
      await world.connections.remove('a=');
      await world.subscriptions.removeAll('a=', channels);
      await world.subscriptions.removeAll('a=', channels);
      expect(await world.absenceOf(CHANNEL, '7')).toBeUndefined();
      expect(await world.absenceOf('presence-other', '7')).toBeDefined();
      expect(await counts()).toEqual({ subscriptions: 1, members: 1 });
      expect(await counts('news')).toEqual({ subscriptions: 0, members: 0 });
      await leave('b=');
      expect(await world.absenceOf(CHANNEL, '7')).toBeDefined();
    });

    it('misses a member by what it came as, whatever the channel is called', async () => {
      await join('a=', memberNamed('7'), 'room');
      await join('b=', memberNamed('8'), 'room');
      await leave('a=', 'room');
      await world.connections.remove('b=');
      await world.subscriptions.removeAll('b=', ['news', 'room']);
      expect(await world.absenceOf('room', '7')).toBeDefined();
      expect(await world.absenceOf('room', '8')).toBeDefined();
      expect(await counts('room')).toEqual({ subscriptions: 0, members: 2 });
    });

    it('has one member of a user who comes twice at the same moment', async () => {
      await Promise.all([join('a=', memberNamed('7')), join('b=', memberNamed('7'))]);
      expect(await counts()).toEqual({ subscriptions: 2, members: 1 });
      const newMembers = (await entries()).map((entry) => 'newMember' in entry && entry.newMember);
      expect(newMembers.sort()).toEqual([false, true]);
      await leave('a=');
      expect(await world.absenceOf(CHANNEL, '7')).toBeUndefined();
      await leave('b=');
      expect(await world.absenceOf(CHANNEL, '7')).toBeDefined();
    });

    it('misses a member whose last two tabs close at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        const channel = `presence-${round}`;
        for (const id of ['a=', 'b=']) await join(id, memberNamed('7'), channel);
        await Promise.all([leave('a=', channel), leave('b=', channel)]);
        expect(await world.absenceOf(channel, '7')).toBeDefined();
        expect(await counts(channel)).toEqual({ subscriptions: 0, members: 1 });
      }
    });

    it('does not miss a member who opens a tab while the last one closes', async () => {
      for (let round = 0; round < 5; round++) {
        const channel = `presence-${round}`;
        await join('a=', memberNamed('7'), channel);
        await Promise.all([leave('a=', channel), join('b=', memberNamed('7'), channel)]);
        expect(await world.absenceOf(channel, '7')).toBeUndefined();
        expect(await counts(channel)).toEqual({ subscriptions: 1, members: 1 });
        await leave('b=', channel);
        expect(await world.absenceOf(channel, '7')).toBeDefined();
      }
    });

    it('misses nobody and nobody too long when twenty tabs come and go at once', async () => {
      const tabs = many(20);
      await Promise.all(tabs.map((id) => world.connections.open(connectionNamed(id))));
      await Promise.all(tabs.map((id) => join(id, memberNamed('7'))));
      expect(await counts()).toEqual({ subscriptions: 20, members: 1 });
      expect((await entries()).filter((entry) => 'newMember' in entry && entry.newMember)).toHaveLength(1);

      await Promise.all(tabs.slice(1).map((id) => leave(id)));
      expect(await counts()).toEqual({ subscriptions: 1, members: 1 });
      expect(await world.absenceOf(CHANNEL, '7')).toBeUndefined();

      const [last = ''] = tabs;
      const removed = await world.lastImageOf(last);
      await Promise.all([leave(last), world.subscriptions.removeAll(last, removed.channels)]);
      expect(await counts()).toEqual({ subscriptions: 0, members: 1 });
      expect(await depart('7')).toBe(true);
      expect(await counts()).toEqual({ subscriptions: 0, members: 0 });
    });

    it('counts right when a member comes back while it departs, whoever is first', async () => {
      for (let round = 0; round < 6; round++) {
        const channel = `presence-${round}`;
        await join('a=', memberNamed('7'), channel);
        await leave('a=', channel);
        const absence = await world.absenceOf(channel, '7');
        if (absence === undefined) throw new Error('the member is not absent');
        clock.advance(10);
        const [departed] = await Promise.all([
          world.presence.depart(absence),
          join('b=', memberNamed('7'), channel),
        ]);
        const kinds = (await world.entriesOn(channel)).map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'left')).toHaveLength(departed ? 1 : 0);
        const back = (await world.entriesOn(channel)).find(
          (entry) => entry.kind === 'joined' && entry.connectionId === 'b=',
        );
        expect(back).toMatchObject({ newMember: departed });
        expect(await counts(channel)).toEqual({ subscriptions: 1, members: 1 });
        expect(await world.absenceOf(channel, '7')).toBeUndefined();
        await leave('b=', channel);
      }
    });

    it('counts right when fifty connections of as many users come and leave at once', async () => {
      const tabs = many(50);
      await Promise.all(tabs.map((id) => world.connections.open(connectionNamed(id))));
      await Promise.all(tabs.map((id) => join(id, memberNamed(id))));
      expect(await counts()).toEqual({ subscriptions: 50, members: 50 });
      const stay = tabs.slice(0, 10);
      await Promise.all([
        ...tabs.slice(10, 30).map((id) => leave(id)),
        ...tabs.slice(30).map((id) => world.subscriptions.removeAll(id, [CHANNEL])),
        ...stay.map((id) => join(id, memberNamed(id))),
      ]);
      expect(await counts()).toEqual({ subscriptions: 10, members: 50 });
      const departed = await Promise.all(tabs.map((id) => depart(id)));
      expect(departed.filter((each) => each)).toHaveLength(40);
      expect(await counts()).toEqual({ subscriptions: 10, members: 10 });
      expect((await members()).sort()).toEqual([...stay].sort());
    });
  });
}
