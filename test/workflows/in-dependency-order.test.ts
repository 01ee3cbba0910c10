import { expect, it } from 'vitest';
import { inDependencyOrder } from '../../workflows/in-dependency-order.ts';

const node = (name: string, ...needs: string[]) => ({ name, needs });

it('starts a step when its needs are done, and independent steps side by side', async () => {
  const log: string[] = [];
  const gates = new Map<string, () => void>();
  const work = async ({ name }: { name: string }) => {
    log.push(`+${name}`);
    await new Promise<void>((resolve) => gates.set(name, resolve));
    log.push(`-${name}`);
    return name.toUpperCase();
  };
  const all = inDependencyOrder(
    [node('stance', 'audio', 'frames'), node('audio', 'media'), node('frames', 'media'), node('media')],
    work,
  );
  const open = async (name: string) => {
    gates.get(name)!();
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await Promise.resolve();
  for (const name of ['media', 'frames', 'audio', 'stance']) await open(name);
  expect(log).toEqual(['+media', '-media', '+audio', '+frames', '-frames', '-audio', '+stance', '-stance']);
  expect(Object.fromEntries(await all)).toEqual({ stance: 'STANCE', audio: 'AUDIO', frames: 'FRAMES', media: 'MEDIA' });
});

it('takes needs outside the given steps for done', async () => {
  expect(Object.fromEntries(await inDependencyOrder([node('media', 'video')], async () => 1))).toEqual({ media: 1 });
});

it('does not start what depends on a step that failed', async () => {
  const started: string[] = [];
  const all = inDependencyOrder([node('media'), node('audio', 'media')], async ({ name }) => {
    started.push(name);
    throw new Error(`${name} failed`);
  });
  await expect(all).rejects.toThrow('media failed');
  expect(started).toEqual(['media']);
});
