import {csv} from './csv.ts';
import type {Form} from './form.ts';
import {network} from './network.ts';
import {onnx} from './onnx.ts';
import {scalesim} from './scalesim.ts';
import {trace} from './trace.ts';

/** Every form that is told by a key; a GEMM written out has none. */
export const forms: readonly Form[] = [network, csv, scalesim, onnx, trace];
