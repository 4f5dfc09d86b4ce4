import {createHash} from 'node:crypto';
import {renameSync, rmSync, writeFileSync} from 'node:fs';
import {brotliCompressSync, brotliDecompressSync, constants} from 'node:zlib';
import {BadInput, fileProblem} from '../config/problem.ts';
import {readBytes, shown} from '../config/source.ts';
import type {Job} from '../job.ts';
import {fromBytes, toBytes} from './typed-json.ts';

/** As PNG's: not text, and spoilt by whatever takes it for text. */
const magic = Buffer.from('\x89TVT\r\n\x1a\n', 'latin1');
/** The format this version writes, and the only one it reads. */
const version = 2;
/** Where the fields of the head lie; the body follows it. */
const head = {version: 8, bodyBytes: 12, sha256: 16, bytes: 48} as const;
/** More than any trace unpacks to: a file made to fill the memory stops here. */
const mostBytes = 2 ** 30;

/** Writes a job, its trace and what that was made of, to a file. Where it cannot, throws BadInput and leaves what was there. */
export function writeTrace(path: string, job: Job): {readonly bytes: number} {
  const body = brotliCompressSync(toBytes(job), {params: {[constants.BROTLI_PARAM_QUALITY]: 9}});
  const start = Buffer.alloc(head.bytes);
  magic.copy(start);
  start.writeUInt32LE(version, head.version);
  start.writeUInt32LE(body.length, head.bodyBytes);
  sha256(body).copy(start, head.sha256);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, Buffer.concat([start, body]));
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, {force: true});
    throw refusal(path, `cannot be written: ${(error as Error).message}`);
  }
  return {bytes: start.length + body.length};
}

/** Reads a trace file: the job that was written, ready to be simulated. Throws BadInput that says what is the matter with it. */
export function readTrace(path: string): Job {
  const read = readBytes(path);
  if ('failure' in read) throw refusal(path, read.failure);
  return decodeTrace(read.bytes, path);
}

/** The same from the bytes of the file called `path`. */
export function decodeTrace(bytes: Buffer, path: string): Job {
  const wrong = faultOf(bytes);
  if (wrong !== undefined) throw refusal(path, wrong);
  try {
    return fromBytes(brotliDecompressSync(bytes.subarray(head.bytes), {maxOutputLength: mostBytes})) as Job;
  } catch (error) {
    throw refusal(path, `is corrupted: what it holds is no trace (${(error as Error).message})`);
  }
}

/** Why these bytes are not a whole trace file of this version; undefined: they are. */
function faultOf(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return 'is empty, expected a trace file';
  if (!bytes.subarray(0, magic.length).equals(magic)) return 'is not a trace file; tvwsim trace generate writes one';
  if (bytes.length < head.bytes) return `is cut short: ${bytes.length} B, and its head alone takes ${head.bytes}`;
  const written = bytes.readUInt32LE(head.version);
  if (written > version) return `was written by a newer tvwsim: trace format ${written}, and this one reads ${version}`;
  if (written < version) return `is in trace format ${written}, and this tvwsim reads ${version}`;
  const expected = head.bytes + bytes.readUInt32LE(head.bodyBytes);
  if (bytes.length < expected) return `is cut short: ${bytes.length} of ${expected} B`;
  if (bytes.length > expected) return `is corrupted: ${bytes.length - expected} B follow its end`;
  const sum = bytes.subarray(head.sha256, head.bytes);
  return sum.equals(sha256(bytes.subarray(head.bytes))) ? undefined : 'is corrupted: its checksum is not that of what it holds';
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function refusal(path: string, message: string): BadInput {
  return new BadInput([fileProblem(shown(path), message)]);
}
