import {lengthened} from '../engine/slots.ts';

/** Places of a page. */
const pageBits = 10;
const pagePlaces = 1 << pageBits;

/**
 * Gives every number that is asked for a place of its own in an array, neighbours side by side: in pages, of which there are only
 * those that have been asked for.
 */
export class LinePages {
  /** How long an array must be to have every place given out so far; a power of two. */
  length = pagePlaces;
  /** The first place of each page of numbers; 0: none yet, for the first page of places stays empty. */
  private first = new Int32Array(64);
  /** Which page of numbers each page of places is. */
  private numberOfPage = new Int32Array(64);
  private pages = 1;

  placeOf(number: number): number {
    const page = number >>> pageBits;
    const first = page < this.first.length ? this.first[page]! : 0;
    return (first === 0 ? this.open(page) : first) | (number & (pagePlaces - 1));
  }

  numberOf(place: number): number {
    return (this.numberOfPage[place >>> pageBits]! << pageBits) | (place & (pagePlaces - 1));
  }

  private open(page: number): number {
    while (page >= this.first.length) this.first = lengthened(this.first, this.first.length * 2);
    if (this.pages === this.numberOfPage.length) this.numberOfPage = lengthened(this.numberOfPage, this.pages * 2);
    this.numberOfPage[this.pages] = page;
    const first = this.pages++ << pageBits;
    while (this.length < first + pagePlaces) this.length *= 2;
    this.first[page] = first;
    return first;
  }
}
