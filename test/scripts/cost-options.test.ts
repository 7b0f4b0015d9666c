import { describe, expect, it } from 'vitest';
import { costUsage, parseCostOptions } from '../../scripts/cost/cost-options.ts';
import { defaultConfig } from '../../scripts/cost/default-config.ts';

const parse = (...args: string[]) => parseCostOptions(args, defaultConfig());

describe('the options of npm run cost', () => {
  it('have defaults, the deployment’s own where it has some', () => {
    expect(parse()).toMatchObject({
      workload: {
        connections: 200,
        connectionsPeak: 400,
        notificationsPerSecond: 1,
        listenersPerNotification: 5,
        pingSeconds: 120,
      },
      assumptions: { retentionDays: 7 },
      freeTier: false,
      json: false,
    });
  });

  it('say what clients and APIs do', () => {
    const options = parse(
      '--connections',
      '20',
      '--connections-peak',
      '30',
      '--hours-a-day',
      '7.5',
      '--ping-seconds',
      '540',
      '--free-tier',
      '--json',
    );
    expect(options).toMatchObject({
      workload: { connections: 20, connectionsPeak: 30, hoursADay: 7.5, pingSeconds: 540 },
      freeTier: true,
      json: true,
    });
  });

  it('have no more listeners by default than there are connections', () => {
    expect(parse('--connections', '3')?.workload.listenersPerNotification).toBe(3);
  });

  it.each([
    [
      ['--connections', 'many'],
      '--connections many is not a number from 1 to 10000000: open at once, on average.',
    ],
    [['--connections', ''], '--connections  is not a number'],
    [['--connections', '0'], '--connections 0 is not a number from 1'],
    [['--hours-a-day', '25'], '--hours-a-day 25 is not a number from 0.1 to 24'],
    [['--session-minutes', '180'], 'API Gateway ends it after 120'],
    [['--frame-bytes', '200000'], '--frame-bytes 200000 is not a number from 1 to 131072'],
    [['--connections-peak', '100'], '--connections-peak 100 is less than the 200 of --connections'],
    [['--listeners-per-notification', '201'], 'is more than the 200 of --connections'],
    [['--region', 'eu-west-1'], '--region eu-west-1: only the prices of us-east-1 are known here'],
    [['--conections', '5'], "Unknown option '--conections'"],
  ])('refuse %j', (args, sentence) => {
    expect(() => parse(...args)).toThrow(sentence);
  });

  it('are all told by the usage', () => {
    expect(parse('--help')).toBeUndefined();
    expect(costUsage).toContain('--notifications-per-second N');
    expect(costUsage).toContain('(default: 200)');
  });
});
