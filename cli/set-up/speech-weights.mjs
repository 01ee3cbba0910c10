import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder, installInto } from './cache-folder.mjs';
import { setUpCommand } from './checkout-folder.mjs';
import { NotToBeHadError, SetUpError } from './set-up-error.mjs';

const PART = 'speech engine';
const REPOSITORY = 'Systran/faster-whisper-base';
const REVISION = 'ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66';
/** SHA-256 of the files of that revision. */
const FILES = {
  'config.json': '56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a',
  'tokenizer.json': 'fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab',
  'vocabulary.txt': '34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913',
  'model.bin': 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9',
};
/** Without a tokenizer beside the model the engine would fetch one itself, unpinned, at the first request. */
const NEEDED = ['config.json', 'tokenizer.json', 'model.bin'];
/** So long may a hub that is there take to answer; a machine without a network must not wait for it. */
const HUB_TIMEOUT_MS = 3_000;

const folder = () => cacheFolder('whisper-base', REVISION.slice(0, 7));
/** @param {string} url */
const clientFor = (url) => (url.startsWith('http://') ? http : https);
const hub = () => (process.env['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, '');
const missingIn = (/** @type {string} */ place) => NEEDED.filter((name) => !existsSync(join(place, name)));

/**
 * The weights of a Whisper model in CTranslate2's form: the folder GETTOK_WHISPER_WEIGHTS names, else the cache.
 *
 * @returns {{ folder: string, from: string } | null}
 */
export function findWeights() {
  const named = process.env['GETTOK_WHISPER_WEIGHTS'];
  if (named) {
    const missing = missingIn(named);
    if (missing.length === 0) return { folder: named, from: 'GETTOK_WHISPER_WEIGHTS' };
    throw new SetUpError(
      PART,
      `GETTOK_WHISPER_WEIGHTS names ${named}, where ${missing.join(', ')} of a faster-whisper model is missing`,
      'unset GETTOK_WHISPER_WEIGHTS',
    );
  }
  return missingIn(folder()).length === 0 ? { folder: folder(), from: `${REPOSITORY}@${REVISION.slice(0, 7)}` } : null;
}

/** Throws a NotToBeHadError when the hub can't be reached: then the engine, half a gigabyte, isn't worth installing. */
export async function requireHub() {
  const reason = await new Promise((resolve) => {
    const request = clientFor(hub()).get(
      fileUrl('config.json'),
      { method: 'HEAD', timeout: HUB_TIMEOUT_MS },
      (response) => {
        response.resume();
        resolve((response.statusCode ?? 500) < 400 ? null : `the model hub answered ${response.statusCode}`);
      },
    );
    request.once('timeout', () => request.destroy(new Error(`no answer in ${HUB_TIMEOUT_MS / 1_000} s`)));
    request.once('error', (error) => resolve(`the model hub can't be reached: ${error.message}`));
  });
  if (!reason) return;
  const weights = 'GETTOK_WHISPER_WEIGHTS=<a faster-whisper model folder>';
  throw new NotToBeHadError(PART, `weights not to be had (${reason})`, `${weights} ${setUpCommand('speech')}`);
}

export async function downloadWeights() {
  await installInto(folder(), downloadFiles, async (place) => missingIn(place).length === 0);
}

/** @param {string} place */
async function downloadFiles(place) {
  for (const [name, digest] of Object.entries(FILES)) await download(fileUrl(name), join(place, name), digest);
}

/** @param {string} name */
const fileUrl = (name) => `${hub()}/${REPOSITORY}/resolve/${REVISION}/${name}`;

/**
 * @param {string} url
 * @param {string} path
 * @param {string} digest
 */
async function download(url, path, digest) {
  const response = await followed(url, 5);
  const hash = createHash('sha256');
  response.on('data', (chunk) => hash.update(chunk));
  await pipeline(response, createWriteStream(path));
  const actual = hash.digest('hex');
  if (actual !== digest) {
    throw new NotToBeHadError(PART, `${url} has SHA-256 ${actual}, expected ${digest}`, setUpCommand('speech'));
  }
}

/**
 * The hub answers with redirects to its storage.
 *
 * @param {string} url
 * @param {number} redirects
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
function followed(url, redirects) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) =>
      reject(new NotToBeHadError(PART, `weights not to be had (${why})`, setUpCommand('speech')));
    const request = clientFor(url).get(url, { timeout: 30_000 }, (response) => {
      const { statusCode = 500, headers } = response;
      if (statusCode === 200) return resolve(response);
      response.resume();
      if (!headers.location || redirects === 0) return fail(`${url} answered ${statusCode}`);
      return resolve(followed(new URL(headers.location, url).href, redirects - 1));
    });
    request.once('timeout', () => request.destroy(new Error('no answer in 30 s')));
    request.once('error', (error) => fail(error.message));
  });
}
