import type { Figure } from '../figure.ts';
import { timed } from '../figure.ts';
import { bareLoop } from './bare-loop.ts';
import { CollectProject, VIDEOS } from './collect-project.ts';

const MOST_REQUESTS = 1.05;

/** The study's 43,697 videos of 102 days: whether they are all there, what they cost, how fast, in how much memory. */
export async function benchCollectSpeed(): Promise<Figure[]> {
  await using project = await CollectProject.start();
  const seconds = await timed(project.run);
  const [exact, requests, least, peakMb] = [
    await project.isExact(),
    await project.requests(),
    await project.least(),
    await project.peakMb(),
  ];
  const windows = await project.windows();
  let seen = 0;
  const bareS = await timed(async () => {
    seen = await bareLoop(project.server.url, windows);
  });
  const bareRequests = (await project.requests()) - requests;
  if (bareRequests !== requests || seen < VIDEOS)
    throw new Error(`the bare loop had ${seen} videos by ${bareRequests} requests, the run asked ${requests} times`);
  return [
    {
      what: `exactly the ${VIDEOS.toLocaleString('en-US')} videos, every day complete`,
      measured: exact ? 'yes' : 'no',
      aim: 'yes',
      baseline: '',
      ratio: '',
      met: exact,
    },
    {
      what: 'requests for them',
      measured: String(requests),
      aim: `≤ ${MOST_REQUESTS} ×`,
      baseline: `least possible ${least}`,
      ratio: (requests / least).toFixed(3),
      met: requests / least <= MOST_REQUESTS,
    },
    {
      what: `gettok run, typed to end: ${(requests / seconds).toFixed(1)} requests/s (TikTok: 1,000 a day)`,
      measured: `${seconds.toFixed(1)} s`,
      aim: '',
      baseline: `bare loop ${bareS.toFixed(1)} s`,
      ratio: (seconds / bareS).toFixed(1),
      met: true,
    },
    {
      what: 'worker that collects, peak memory',
      measured: `${peakMb.toFixed(0)} MB`,
      aim: '',
      baseline: '',
      ratio: '',
      met: true,
    },
  ];
}
