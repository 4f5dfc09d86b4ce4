import type {Effect} from '../stats/waterfall.ts';
import type {OperandName, Trace} from '../trace/trace.ts';
import type {Ablation, Played} from './state.ts';
import {withIndexKnown, withoutControl, withoutCopies, withoutEpilogue, withoutFill, withoutIndex, withoutReads} from './surgery.ts';

/** An effect of a single kernel, and how it is switched off on top of those before it. Undefined: the kernel does not have it. */
export interface Layer {
  readonly effect: Effect;
  readonly without: (ablation: Ablation, before: Played) => Ablation | undefined;
}

/** From the outside in: after the last of them a kernel does nothing but multiply. */
export const layers: readonly Layer[] = [
  cut('epilogue', withoutEpilogue),
  cut('fill', withoutFill),
  {effect: 'start', without: atOnce},
  atHand('dram_index', ['index', 'scatter', 'pointer']),
  atHand('dram_metadata', ['metadata']),
  atHand('dram_weights', ['weight']),
  atHand('dram_activations', ['activation']),
  cut('index_wait', withIndexKnown, 'index'),
  cut('index', withoutIndex, 'index'),
  cut('l2_metadata', (trace) => withoutCopies(trace, ['metadata']), 'metadata'),
  cut('l2_weights', (trace) => withoutCopies(trace, ['weight'])),
  cut('l2_activations', (trace) => withoutCopies(trace, ['activation'])),
  cut('shared_metadata', (trace) => withoutReads(trace, ['metadata']), 'metadata'),
  cut('shared_weights', (trace) => withoutReads(trace, ['weight'])),
  cut('shared_activations', (trace) => withoutReads(trace, ['activation'])),
  cut('control', withoutControl),
];

/** An effect that goes with some operations of the trace, if it has the operand they are about. */
function cut(effect: Effect, without: (trace: Trace) => Trace, needs?: OperandName): Layer {
  return {effect, without: (ablation) => (needs && !has(ablation, needs) ? undefined : {...ablation, trace: without(ablation.trace)})};
}

/** CTAs that cost nothing to hand out. */
function atOnce(ablation: Ablation): Ablation {
  return {...ablation, gpu: {...ablation.gpu, scheduler: {...ablation.gpu.scheduler, interval: 0, startLatency: 0}}};
}

/** DRAM's part in an operand: without it, what L2 misses is there at once. */
function atHand(effect: Effect, names: readonly OperandName[]): Layer {
  return {
    effect,
    without: (ablation, {dramBytes}) =>
      dramBytes > 0 && names.some((name) => has(ablation, name)) ? {...ablation, atHand: [...ablation.atHand, ...names]} : undefined,
  };
}

function has({trace}: Ablation, name: OperandName): boolean {
  return trace.launches[0]!.operands.some((operand) => operand.name === name);
}
