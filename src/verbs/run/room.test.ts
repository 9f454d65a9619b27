import { describe, expect, it } from 'vitest';
import { createRoom } from './room.ts';

describe('room in memory', () => {
  it('lets in what fits, in order, and what is too large alone', async () => {
    const room = createRoom(10);
    const inside: string[] = [];
    const enter = (name: string, size: number) => void room.enter(size).then(() => inside.push(name));
    const settled = () => new Promise((resolve) => { setImmediate(resolve); });
    enter('six', 6);
    enter('three', 3);
    enter('huge', 99);
    enter('one', 1);
    await settled();
    expect(inside).toEqual(['six', 'three']); // one would fit, and has to wait its turn
    room.leave(6);
    room.leave(3);
    await settled();
    expect(inside).toEqual(['six', 'three', 'huge']);
    room.leave(99);
    await settled();
    expect(inside).toEqual(['six', 'three', 'huge', 'one']);
  });
});
