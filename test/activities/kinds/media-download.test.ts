import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDownloader, type DownloaderSettings } from '../../../activities/download/create-downloader.ts';
import type { Downloader } from '../../../activities/download/downloader.ts';
import { guardedLookup } from '../../../activities/download/guarded-lookup.ts';
import { mediaAudio } from '../../../activities/kinds/media-audio.ts';
import { mediaDownload } from '../../../activities/kinds/media-download.ts';
import { mediaProbe } from '../../../activities/kinds/media-probe.ts';
import { NotMade } from '../../../activities/step-kind.ts';
import { locateYtDlp } from '../../../cli/locate-yt-dlp.ts';
import { sha256 } from '../../../manifests/digest.ts';
import {
  cutAfter,
  endless,
  inTurn,
  page,
  redirect,
  type Serve,
  status,
  stuck,
  video,
  type VideoServer,
  videoServer,
} from '../download/video-server.ts';
import { childProcesses, type MediaBench, mediaBench, programPath, values } from '../media-bench.ts';

let bench: MediaBench;
let clip: Buffer;
let sound: Buffer;
let settings: DownloaderSettings;
let downloader: Downloader;

beforeAll(async () => {
  bench = await mediaBench();
  const picture = ['-f', 'lavfi', '-i', 'testsrc=s=128x128:r=25:d=2'];
  const tone = ['-f', 'lavfi', '-i', 'sine=d=2'];
  clip = await readFile(await bench.clip('clip.mp4', ...picture, ...tone, '-shortest', '-pix_fmt', 'yuv420p'));
  sound = await readFile(await bench.clip('sound.m4a', ...tone));
  settings = {
    program: await locateYtDlp(),
    ffmpegPath: programPath('ffmpeg'),
    nodePath: process.execPath,
    path: process.env['PATH'] ?? '',
    variable: () => undefined,
    firstWaitMs: 10,
  };
  downloader = createDownloader(settings);
});
afterAll(() => bench.close());

interface Asked {
  readonly id?: string;
  readonly inputs?: Record<string, string | bigint | null>;
  readonly params?: object;
  readonly tuning?: object;
  readonly signal?: AbortSignal;
  readonly with?: Downloader;
}

const cell = (url: string, { id = '7203', inputs = {}, params, tuning, signal, with: other }: Asked = {}) =>
  bench.cell(mediaDownload, inputs, {
    id,
    params: { url, ...params },
    tuning: { allow_private_addresses: true, requests_per_minute: 6000, ...tuning },
    downloader: other ?? downloader,
    ...(signal && { signal }),
  });

async function failure(url: string, asked?: Asked): Promise<Pick<NotMade, 'code' | 'message'>> {
  const made = await cell(url, asked);
  if (!(made instanceof NotMade)) throw new Error('it was downloaded');
  return { code: made.code, message: made.message };
}

async function withPages<T>(pages: Readonly<Record<string, Serve>>, use: (server: VideoServer) => Promise<T>) {
  await using server = await videoServer(pages);
  return await use(server);
}

/** What is asked of a server that answers every path in one way. */
const answered = (serve: Serve, asked?: Asked) =>
  withPages({ '/7203.mp4': serve }, async (server) => {
    const { code, message } = await failure(server.url('/{id}.mp4'), asked);
    return { code, message: message?.replaceAll(String(server.port), 'PORT'), requests: server.requests };
  });

describe('a video that is there', () => {
  it('is stored as it is, with columns that steps of videos take', () =>
    withPages({ '/7203.mp4': video(clip) }, async (server) => {
      const made = values(await cell(server.url('/{id}.mp4')));
      expect(made).toEqual({
        file: sha256(clip),
        file_name: '7203.mp4',
        byte_length: BigInt(clip.length),
        url: server.url('/7203.mp4'),
        site: 'Generic',
        format: 'mp4',
        duration_s: 2,
      });
      const { file } = made;
      expect(values(await bench.cell(mediaProbe, { file: file! }))).toMatchObject({ width: 128, has_audio: true });
      expect(values(await bench.cell(mediaAudio, { file: file! }))).toMatchObject({ duration_s: expect.closeTo(2, 1) });
    }));

  it('may be in a page that has one', () =>
    withPages(
      { '/watch/7203': page('<title>One</title><video src="/file.mp4"></video>'), '/file.mp4': video(clip) },
      async (server) => {
        expect(values(await cell(server.url('/watch/{id}')))).toMatchObject({
          file: sha256(clip),
          file_name: '7203.mp4',
        });
      },
    ));

  it.each([
    ['in parts', [], {}],
    [
      'with its sound apart',
      ['-var_stream_map', 'v:0,agroup:s a:0,agroup:s', '-master_pl_name', 'parts.m3u8'],
      { format: 'bv+ba' },
    ],
  ])('may come %s', async (_how, args, params) => {
    const folder = await mkdtemp(join(bench.folder, 'hls-'));
    const list = join(basename(folder), args.length === 0 ? 'parts.m3u8' : 'stream-%v.m3u8');
    await bench.clip(list, '-i', join(bench.folder, 'clip.mp4'), '-c', 'copy', '-map', '0', '-hls_time', '1', ...args);
    if (args.length > 0) {
      // As servers say it, and ffmpeg does not: that this stream has no sound of its own.
      const master = await readFile(join(folder, 'parts.m3u8'), 'utf8');
      const told = master.replace('RESOLUTION', 'CODECS="avc1.64000b,mp4a.40.2",RESOLUTION');
      await writeFile(join(folder, 'parts.m3u8'), told);
    }
    const files = (await readdir(folder)).map(async (name): Promise<[string, Serve]> => {
      const type = name.endsWith('.ts') ? 'video/mp2t' : 'application/vnd.apple.mpegurl';
      return [`/${name}`, video(await readFile(join(folder, name)), type)];
    });
    await withPages(Object.fromEntries(await Promise.all(files)), async (server) => {
      const made = values(await cell(server.url('/{id}.m3u8'), { id: 'parts', params }));
      expect(made).toMatchObject({ file_name: 'parts.mp4', duration_s: expect.closeTo(2, 0) });
      expect(values(await bench.cell(mediaProbe, { file: made['file']! }))).toMatchObject({
        frames: 50,
        has_audio: true,
      });
    });
  });

  it('is asked for by values that are percent-encoded, or by an address that a column holds', () =>
    withPages({ '/%C3%B1%2F..%3Fa/1': video(clip), '/whole': video(clip) }, async (server) => {
      values(await cell(server.url('/{video.name}/{n|1}'), { inputs: { 'video.name': 'ñ/..?a', n: null } }));
      values(await cell('{link}', { inputs: { link: server.url('/whole?a=b%20c') } }));
      expect(new Set(server.requests)).toEqual(new Set(['GET /%C3%B1%2F..%3Fa/1', 'GET /whole?a=b%20c']));
    }));

  it('is the same video when the connection broke off in its middle', () =>
    withPages({ '/7203.mp4': inTurn(video(clip), cutAfter(clip, 3000), video(clip)) }, async (server) => {
      expect(values(await cell(server.url('/{id}.mp4')))).toMatchObject({ file: sha256(clip) });
      expect(server.requests).toHaveLength(3);
    }));

  it.each([429, 500])('is had in the end from a server that answered %i at first', (code) =>
    withPages({ '/7203.mp4': inTurn(status(code), status(code), video(clip)) }, async (server) => {
      expect(values(await cell(server.url('/{id}.mp4')))).toMatchObject({ file: sha256(clip) });
    }),
  );
});

describe('a video that is not to be had', () => {
  it.each([
    [404, 'removed', 1],
    [403, 'ip_blocked', 1],
    [429, 'rate_limited', 2],
    [503, 'server_error', 2],
  ])('%i is %s, asked for %i times', async (status_, code, times) => {
    const found = await answered(status(status_), { tuning: { retries: 1 } });
    expect({ code: found.code, times: found.requests.length }).toEqual({ code, times });
  });

  it('has a connection that breaks off each time', async () => {
    const { code, message } = await answered((_asked, answer) => answer.destroy(), { tuning: { retries: 1 } });
    expect(code).toBe('network_error');
    expect(message).toContain('Remote end closed connection without response');
  });

  it('has a server that is not there', async () => {
    const server = await videoServer({});
    await server[Symbol.asyncDispose]();
    expect(await failure(server.url('/{id}.mp4'), { tuning: { retries: 0 } })).toMatchObject({ code: 'network_error' });
  });

  it('never is half a file', async () => {
    const stored = await readdir(join(bench.folder, 'blobs'), { recursive: true });
    const { code } = await answered(inTurn(video(clip), cutAfter(clip, 3000)), { tuning: { retries: 0 } });
    expect(code).toBe('network_error');
    expect(await readdir(join(bench.folder, 'blobs'), { recursive: true })).toEqual(stored);
  });

  it.each([
    ['a page without a video', page('<title>Nothing</title>'), 'not_a_video'],
    [
      'a page that calls itself a video',
      (_a: unknown, answer: Parameters<Serve>[1]) =>
        void answer.writeHead(200, { 'content-type': 'video/mp4' }).end('<html></html>'),
      'not_a_video',
    ],
    [
      'JSON',
      (_a: unknown, answer: Parameters<Serve>[1]) =>
        void answer.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      'not_a_video',
    ],
    [
      'a page with two',
      page('<title>Two</title><video src="/a.mp4"></video><video src="/b.mp4"></video>'),
      'several_videos',
    ],
  ] as const)('is %s', async (_what, serve, code) => {
    expect(await answered(serve)).toMatchObject({ code });
  });

  it('is sound alone', async () => {
    expect(await answered(video(sound, 'audio/mp4'))).toMatchObject({ code: 'not_a_video' });
  });

  it('is larger than max_bytes, as the server says', async () => {
    expect(await answered(video(clip), { params: { max_bytes: 1000 } })).toMatchObject({
      code: 'too_large',
      message: `${clip.length} bytes > 1000 bytes`,
    });
  });

  it('is larger than max_bytes, though the server does not say so', async () => {
    expect(await answered(endless(clip), { params: { max_bytes: 5_000_000 } })).toMatchObject({
      code: 'too_large',
      message: 'It has more than 5000000 bytes.',
    });
  });

  it('is longer than max_duration_s, though the server does not say so', async () => {
    expect(await answered(video(clip), { params: { max_duration_s: 1 } })).toMatchObject({
      code: 'too_long',
      message: 'It lasts 2 s.',
    });
  });

  it('never comes to its end', async () => {
    expect(await answered(stuck(clip.subarray(0, 1000)), { tuning: { timeout_s: 3 } })).toMatchObject({
      code: 'timed_out',
      message: 'It took longer than 3 s.',
    });
    expect(childProcesses()).toEqual([]);
  });
});

describe('what must not be reached', () => {
  const guarded = { tuning: { allow_private_addresses: false } };

  it.each([
    ['file:///etc/passwd', 'begins with file:'],
    ['ftp://example.org/v.mp4', 'begins with ftp:'],
    ['https://me:secret@example.org/v.mp4', 'a user name or a password'],
    ['http://127.0.0.1/v.mp4', '127.0.0.1 is a private address'],
    ['http://2130706433/v.mp4', '127.0.0.1 is a private address'],
    ['http://[::ffff:10.0.0.1]/v.mp4', 'is a private address'],
    ['http://169.254.169.254/latest', 'is a private address'],
    ['http://a.localhost./v.mp4', 'is a private address'],
    ['--exec=touch', 'is no URL'],
    ['x'.repeat(5000), '5000 characters'],
  ])('refuses %j without asking anybody', async (link, message) => {
    const found = await failure('{link}', { ...guarded, inputs: { link } });
    expect(found).toEqual({ code: 'unsafe_url', message: expect.stringContaining(message) });
  });

  it('refuses a redirect to what is no web address', async () => {
    expect(await answered(redirect('file:///etc/passwd'))).toMatchObject({ code: 'unsafe_url' });
  });

  it.each([
    ['http://127.0.0.1:PORT/secret.mp4', '127.0.0.1 is at a private address'],
    // Names are looked up where the connection is made.
    ['http://localhost:PORT/secret.mp4', 'localhost is at a private address'],
    ['https://127.0.0.1:PORT/secret.mp4', '127.0.0.1 is at a private address'],
  ])('refuses a redirect from outside to %s', async (target, message) => {
    let port = 0;
    const pages: Record<string, Serve> = {
      '/7203.mp4': (...asked) => redirect(target.replace('PORT', String(port)))(...asked),
      '/secret.mp4': video(clip),
    };
    // The one name that counts as outside, whatever its address.
    const lookup: DownloaderSettings['lookup'] = (host, options, done) => {
      if (host !== 'outside.example') guardedLookup(host, options, done);
      else if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }]);
      else done(null, '127.0.0.1', 4);
    };
    await withPages(pages, async (server) => {
      ({ port } = server);
      const asked = { ...guarded, with: createDownloader({ ...settings, lookup }) };
      const found = await failure(`http://outside.example:${port}/{id}.mp4`, asked);
      expect(found).toEqual({ code: 'unsafe_url', message: expect.stringContaining(message) });
      expect(server.requests).toEqual(['GET /7203.mp4']);
    });
  });

  it('gives the program arguments that no address can change', async () => {
    expect(
      await failure('{link}', { inputs: { link: 'http://-oProxy=1/--exec' }, tuning: { retries: 0 } }),
    ).toMatchObject({
      code: 'network_error',
    });
  });
});

describe('what the program is given', () => {
  it('needs a cookies file that is its owner’s alone, sends it, and never writes to it', () => {
    const sent: (string | undefined)[] = [];
    const serve: Serve = (asked, answer, time) => {
      sent.push(asked.headers.cookie);
      video(clip)(asked, answer, time);
    };
    return withPages({ '/7203.mp4': serve }, async (server) => {
      const cookies = `# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tabc\n`;
      const file = join(bench.folder, 'cookies.txt');
      await writeFile(file, cookies, { mode: 0o644 });
      await chmod(file, 0o644);
      const asked = { tuning: { cookies_file: 'cookies.txt' } };
      await expect(cell(server.url('/{id}.mp4'), asked)).rejects.toThrow(
        'cookies_file cookies.txt may be read by others (mode 644), and whoever has it is logged in as you. Run  chmod 600 cookies.txt  in the folder of dataset.yaml.',
      );
      await chmod(file, 0o600);
      const before = (await stat(file)).mtimeMs;
      expect(values(await cell(server.url('/{id}.mp4'), asked))).toMatchObject({ file: sha256(clip) });
      expect(await readFile(file, 'utf8')).toBe(cookies);
      expect((await stat(file)).mtimeMs).toBe(before);
      expect(new Set(sent)).toEqual(new Set(['session=abc']));
      await expect(cell(server.url('/{id}.mp4'), { tuning: { cookies_file: 'none.txt' } })).rejects.toThrow(
        "cookies_file none.txt can't be read (ENOENT)",
      );
    });
  });

  it('takes a proxy with a password from a variable, and says nothing of it', () =>
    withPages({}, async (server) => {
      const other = createDownloader({
        ...settings,
        variable: (name) => (name === 'LAB_PROXY' ? `http://me:secret@127.0.0.1:${server.port}` : undefined),
      });
      // The proxy answers 404 to everything it is asked for.
      const found = await failure('http://video.example/{id}.mp4', { with: other, tuning: { proxy_env: 'LAB_PROXY' } });
      expect(found.code).toBe('removed');
      expect(found.message).not.toContain('secret');
      expect(server.requests).toEqual(['GET http://video.example/7203.mp4']);
      await expect(cell('http://video.example/{id}', { tuning: { proxy_env: 'OTHER' } })).rejects.toThrow(
        "proxy_env names OTHER, which is not set. Set it to the proxy's address, then run again.",
      );
    }));

  it('says what to do where there is no yt-dlp', async () => {
    const none = createDownloader({ ...settings, program: null });
    await expect(cell('http://video.example/{id}', { with: none })).rejects.toThrow(
      'media/download needs yt-dlp, and it is not on this machine. `gettok doctor` says how to get it. Then  gettok down  and run again.',
    );
    const gone = createDownloader({ ...settings, program: { command: '/nowhere/yt-dlp', args: [], version: '0' } });
    await expect(cell('http://video.example/{id}', { with: gone })).rejects.toThrow(
      "yt-dlp can't be started (ENOENT).",
    );
  });

  it('is ended with all that it started when the run is cancelled, and nothing is stored', () =>
    withPages({ '/7203.mp4': inTurn(video(clip), stuck(clip.subarray(0, 1000))) }, async (server) => {
      const controller = new AbortController();
      const stored = await readdir(join(bench.folder, 'blobs'), { recursive: true });
      const making = cell(server.url('/{id}.mp4'), { signal: controller.signal });
      await expect.poll(() => server.requests.length, { timeout: 20_000 }).toBe(2);
      controller.abort(new Error('cancelled'));
      await expect(making).rejects.toThrow('cancelled');
      expect(childProcesses()).toEqual([]);
      expect(await readdir(join(bench.folder, 'scratch'))).toEqual([]);
      expect(await readdir(join(bench.folder, 'blobs'), { recursive: true })).toEqual(stored);
      await expect.poll(server.open).toBe(0);
    }));
});

it('keeps the pace of each host, whichever cells ask', () =>
  withPages({ '/1': video(clip), '/2': video(clip) }, async (server) => {
    const slow = { tuning: { requests_per_minute: 1 }, with: createDownloader({ ...settings, random: () => 0 }) };
    values(await cell(server.url('/{id}'), { ...slow, id: '1' }));
    const controller = new AbortController();
    const waiting = cell(server.url('/{id}'), { ...slow, id: '2', signal: controller.signal });
    const elsewhere = cell(`http://localhost:${server.port}/{id}`, { ...slow, id: '1' });
    expect(values(await elsewhere)).toMatchObject({ file: sha256(clip) });
    expect(new Set(server.requests)).toEqual(new Set(['GET /1']));
    controller.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
  }));

describe('a declaration', () => {
  const faults = (parameters: object) =>
    [mediaDownload.params, mediaDownload.tuning].flatMap((schema) => {
      const known = Object.fromEntries(Object.entries(parameters).filter(([name]) => name in schema.shape));
      return schema.safeParse(known).error?.issues.map(({ message }) => message) ?? [];
    });

  it.each([
    [{ url: 'https://example.org/v.mp4' }, 'found one address for all rows; expected a placeholder such as {id} in it'],
    [{ url: 'https://example.org/{id' }, 'found a brace that is no placeholder; expected such as {id} or {username}'],
    [
      { url: 'file:///{id}' },
      'The address begins with file:; http: or https: is accepted. Expected such as https://www.tiktok.com/@{username}/video/{id}',
    ],
    [
      { proxy: 'http://me:secret@proxy' },
      'found a password, which would be kept in every version; expected proxy_env with the name of a variable',
    ],
    [{ proxy: 'proxy' }, 'found no proxy; expected such as socks5://localhost:1080'],
    [{ cookies_file: '../cookies.txt' }, 'found ".."; expected a path below the folder of dataset.yaml'],
    [{ cookies_file: '/home/me/cookies.txt' }, 'found an absolute path; expected one relative to dataset.yaml'],
  ])('is refused with %j', (parameters, message) => {
    expect(faults(parameters)).toEqual([message]);
  });

  it('reads the columns that its address names, and asks TikTok by the id alone where it names none', () => {
    const video_ = {
      username: mediaDownload.makes({})!['url']!,
      create_time: mediaDownload.makes({})!['byte_length']!,
    };
    const reads = (url?: string) => mediaDownload.reads(mediaDownload.params.parse({ url }), { video: video_ });
    expect(reads()).toEqual({});
    expect(mediaDownload.params.parse({})).toMatchObject({ url: 'https://www.tiktok.com/@_/video/{id}' });
    expect(reads('https://www.tiktok.com/@{username|_}/video/{id}')).toMatchObject({
      username: { step: 'video', column: 'username', required: false },
    });
    expect(reads('https://a.example/{video.create_time}')).toMatchObject({ 'video.create_time': { required: true } });
    expect(() => reads('https://a.example/{nobody}')).toThrow(
      'url: {nobody}, which no needed step makes; a column of a needed step, or {id}',
    );
  });
});
