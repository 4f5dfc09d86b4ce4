import {box, quantity} from '../config/parameter.ts';

/** What the host and the front end add to a kernel. */
export const host = box('host', 'the host and the front end: what a kernel costs beside the work of its CTAs', {
  launchGap: quantity('ns', 'between the end of one kernel and the start of the next in a stream'),
  nullKernel: quantity('ns', 'that a kernel which does nothing takes: front end, first constants and instructions, the flush at its end'),
  packedKernel: quantity('ns', 'more that a kernel of the vendor’s library for packed weights takes than one of its library for dense ones'),
});

export const clock = box('clock', 'the SM clock', {
  frequency: quantity('Hz', 'highest; the power limit may hold it below', {min: 1e8, max: 1e10}),
});
