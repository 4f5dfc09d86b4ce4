import type {Launch, OperandName} from '../trace/trace.ts';
import type {Decoded} from './decode.ts';
import {keptShare} from './tensor-core.ts';
import type {Counters} from './counters.ts';

/** What the instructions of all launches of a trace did. */
export interface Executed {
  readonly launches: number;
  readonly instructions: number;
  readonly mmas: number;
  /** Multiply-adds of the MMAs issued, and those carried out: all but what n:m skips. */
  readonly macs: number;
  readonly macsDone: number;
  /** Bytes of registers filled with weights, and with their metadata. */
  readonly weightRegisters: {readonly values: number; readonly metadata: number};
  /** Bytes the lanes of loads and copies asked for, and those that stores wrote. */
  readonly requested: Readonly<Record<OperandName, number>>;
  readonly stored: number;
  readonly bankConflicts: number;
}

/** What a run leaves: raw counts, in cycles, bytes and sectors. */
export interface Run extends Executed {
  readonly cycles: number;
  readonly sectorsToL1: number;
  readonly l2: {readonly read: number; readonly hit: number; readonly written: number; readonly linked: number};
  readonly dram: {readonly read: number; readonly written: number; readonly activations: number};
  readonly sharedWavefronts: number;
  /** Share of peak, 0…1. */
  readonly utilisation: {readonly tensor: number; readonly shared: number; readonly crossbar: number; readonly l2: number; readonly dram: number};
  /** Sub-core cycles by SM and reason. */
  readonly ledger: readonly (readonly number[])[];
  readonly ctasPerSm: number;
  readonly occupancyLimit: string;
  /** What the simulation took: events handled, and lines followed hop by hop. */
  readonly events: number;
  readonly requests: number;
}

/** Adds a launch's counters, which go by operand number, to what the launches before it did, by name. */
export function add(before: Executed, launch: Launch, decoded: Decoded, counters: Counters): Executed {
  const named = (name: OperandName, bytes: Float64Array): number => launch.operands.reduce((sum, o, i) => sum + (o.name === name ? bytes[i]! : 0), 0);
  const names = Object.keys(before.requested) as OperandName[];
  const macs = counters.mmas * decoded.macsPerMma;
  return {
    launches: before.launches + 1,
    instructions: before.instructions + counters.instructions,
    mmas: before.mmas + counters.mmas,
    macs: before.macs + macs,
    macsDone: before.macsDone + (decoded.mma ? macs * keptShare(decoded.mma) : macs),
    weightRegisters: {
      values: before.weightRegisters.values + named('weight', counters.registers),
      metadata: before.weightRegisters.metadata + named('metadata', counters.registers),
    },
    requested: Object.fromEntries(names.map((name) => [name, before.requested[name] + named(name, counters.requested)])) as Record<
      OperandName,
      number
    >,
    stored: before.stored + counters.stored,
    bankConflicts: before.bankConflicts + counters.bankConflicts,
  };
}

/** Before the first launch. */
export const nothing: Executed = {
  launches: 0,
  instructions: 0,
  mmas: 0,
  macs: 0,
  macsDone: 0,
  weightRegisters: {values: 0, metadata: 0},
  requested: {activation: 0, weight: 0, metadata: 0, index: 0, scatter: 0, output: 0, partial: 0, pointer: 0, spill: 0},
  stored: 0,
  bankConflicts: 0,
};
