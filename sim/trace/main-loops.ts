import {multistage} from './multistage.ts';
import {spatha} from './spatha.ts';

/** The main loops that tensor-core kernels may have. */
export const mainLoops = {cutlass: multistage, spatha} as const;
