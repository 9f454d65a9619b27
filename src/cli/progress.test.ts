import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatProgress, openProgress } from './progress.ts';

describe('progress of a run', () => {
  it('golden: done of planned, rate, time left, deviations', () => {
    expect(formatProgress({ done: 1200, planned: 7600, deviations: 3 }, 2000)).toBe('1200 / 7600 (15 %), 600/s, 11 s left, 3 deviating');
    expect(formatProgress({ done: 0, planned: 10, deviations: 0 }, 5)).toBe('0 / 10 (0 %), 0/s, time left unknown, 0 deviating');
  });

  it('a log gets one line per stage, and none for the cases', () => {
    const stream = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream & PassThrough;
    const { listener, close } = openProgress(stream, {});
    listener.stage('pytorch', 'starting');
    listener.stage('pytorch', 'starting');
    listener.progress('pytorch', { done: 1, planned: 2, deviations: 0 });
    listener.stage('pytorch', 'ready');
    close();
    expect(String(stream.read())).toBe('pytorch: starting\npytorch: ready\n');
  });
});
