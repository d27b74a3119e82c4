import { describe, expect, it } from 'vitest';
import { createInFlight } from '../../src/start/in-flight.js';

describe('calls in flight', () => {
  it('are waited for, failed ones too', async () => {
    const inFlight = createInFlight();
    const ended: string[] = [];
    const call = (name: string, fails: boolean) =>
      inFlight.track(
        new Promise<void>((resolve, reject) => {
          setTimeout(() => {
            ended.push(name);
            if (fails) reject(new Error(name));
            else resolve();
          }, 20);
        }),
      );
    const calls = [call('one', false), call('two', true)];
    await inFlight.settled(1_000);
    expect(ended).toEqual(['one', 'two']);
    await expect(calls[1]).rejects.toThrow('two');
  });

  it('do not hold the process longer than allowed', async () => {
    const inFlight = createInFlight();
    void inFlight.track(new Promise(() => {}));
    await inFlight.settled(10);
  });
});
