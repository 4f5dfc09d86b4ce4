import type {PackedContents, PackedOperand} from '../packing/packed.ts';
import {Addresses} from '../trace/addresses.ts';
import {issues, type Issue} from '../trace/issue.ts';
import {multiplyingWarps, resultBytes, type Activations, type Kernel} from '../trace/kernel.ts';
import {layMemory} from '../trace/memory.ts';
import {outputTile} from '../trace/tiles.ts';
import type {Op} from '../trace/op.ts';
import {kernelShape} from '../trace/trace-of.ts';
import type {Trace} from '../trace/trace.ts';
import type {Gemm} from '../workload/gemm.ts';
import {globalMemory, outputOf} from './global-memory.ts';
import {tokensPerWarp, type Cta, type Warp} from './cta.ts';
import {perform} from './operations.ts';
import {Registers} from './registers.ts';
import {SharedMemory} from './shared-memory.ts';

/** What a trace was made of, and the data to execute it on; `a` is K-major as for referenceGemm. */
export interface Problem {
  readonly gemm: Gemm;
  readonly packed: PackedOperand;
  readonly contents: PackedContents;
  readonly kernel: Kernel;
  readonly activations: Activations;
  readonly a: Float32Array;
}

/**
 * Executes the operations of a trace on data and returns C, element (m, n) at n · M + m. Values are exact as long as float32
 * partial sums are. Throws an Error that names CTA, warp and operation where the program relies on data that need not be there:
 * a copy not waited for, a stage overwritten too early, a register used before its load.
 */
export function execute(problem: Problem, trace: Trace): Float64Array {
  const {gemm, packed, kernel, activations} = problem;
  const memory = layMemory(gemm, packed, kernel, activations);
  const global = globalMemory(gemm, packed, problem.contents, problem.a, memory);
  const shared = {
    out: outputTile(kernel, kernelShape(packed, activations)),
    elementBytes: packed.elementBytes,
    resultBytes: resultBytes(packed),
    global,
  };
  for (const launch of trace.launches) {
    const stored = new Uint8Array(memory.bytes);
    const addresses = new Addresses(trace, launch);
    for (let number = 0; number < launch.grid.ctas; number++) {
      const bytes = new SharedMemory(launch.sharedMemoryBytes, launch.programs.length);
      runCta({...shared, number, launch, addresses, stored, shared: bytes}, kernel);
    }
  }
  return outputOf(global, gemm, memory, resultBytes(packed));
}

/** Every warp in turn issues one operation, until all are done; at a barrier a warp waits for the others. */
function runCta(cta: Cta, kernel: Kernel): void {
  const running = cta.launch.programs.map((program, number) => ({
    warp: warpOf(cta, number, kernel),
    issues: issues(program, cta.launch.grid.steps[cta.number]!),
    atBarrier: false,
    done: false,
  }));
  while (running.some((r) => !r.done)) {
    for (const r of running) {
      if (r.done || r.atBarrier) continue;
      const next = r.issues.next();
      r.done = next.done === true;
      if (!next.done) r.atBarrier = issue(cta, r.warp, next.value);
    }
    if (running.some((r) => !r.done && !r.atBarrier) || running.every((r) => r.done)) continue;
    if (running.some((r) => r.done)) throw new Error(`CTA ${cta.number}: a warp has ended while others wait for it at a barrier`);
    cta.shared.barrier();
    for (const r of running) r.atBarrier = false;
  }
}

/** Whether the warp has come to a barrier. */
function issue(cta: Cta, warp: Warp, next: Issue): boolean {
  const {op} = next;
  if (op.op === 'COMMIT') cta.shared.commit(warp.number);
  if (op.op === 'DEPBAR') cta.shared.waitFor(warp.number, op.groups);
  try {
    perform(cta, warp, next);
  } catch (error) {
    const where = `${cta.launch.name}, CTA ${cta.number}, warp ${warp.number}, ${op.op} at ${next.pc} in K tile ${next.step}`;
    throw new Error(`${where}: ${(error as Error).message}`, {cause: error});
  }
  return op.op === 'BAR';
}

function warpOf({launch, elementBytes}: Cta, number: number, kernel: Kernel): Warp {
  const {down, right} = launch.accumulators;
  const ops = launch.programs[number]!.ops;
  const [along] = multiplyingWarps(kernel);
  return {
    number,
    registers: new Registers({elementBytes, matrices: 1 + highest(ops, lastMatrix), words: 1 + highest(ops, lastWord), accumulators: down * right}),
    token: (number % along) * right * 8,
    weight: Math.floor(number / along) * down * 16,
    readBack: [],
    sums: new Float32Array(down > 0 ? 0 : tokensPerWarp * (1 + highest(ops, lastPart))),
    addends: undefined,
    added: [],
  };
}

const lastMatrix = (op: Op): number => (op.op === 'LDSM' ? op.to + op.down * op.right - 1 : -1);
const lastPart = (op: Op): number => (op.op === 'FFMA' ? (op.part ?? 0) : 0);
const lastWord = (op: Op): number => (op.op === 'LDS' ? op.to : op.op === 'LDG' ? (op.word ?? -1) : -1);

function highest(ops: readonly Op[], of: (op: Op) => number): number {
  return ops.reduce((most, op) => Math.max(most, of(op)), -1);
}
