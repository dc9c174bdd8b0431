/**
 * What an explorer is: a figure of theory whose parameters are sliders.
 *
 * @module
 */
import type { Figure } from "../../../figure/mod.ts";

/** A parameter that the reader moves. */
export interface Slider {
  /** Its name in a link. */
  readonly name: string;
  /** What the reader reads: symbol and words. */
  readonly label: string;
  /** Least value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
  /** Value at the beginning. */
  readonly start: number;
  /** Whether equal moves are equal ratios. */
  readonly log?: boolean;
}

/** Values of the sliders by name. */
export type Values = Readonly<Record<string, number>>;

/** A figure that follows its sliders. */
export interface Explorer {
  /** What is explored. */
  readonly title: string;
  /** The sliders, two or more. */
  readonly sliders: readonly Slider[];
  /** The figure at these values: theory alone, computed anew. */
  draw(values: Values): Figure;
}

/** Positions of a slider. */
export const POSITIONS = 200;

/** Value at a position from 0 to {@linkcode POSITIONS}, to three digits. */
export function valueAt({ min, max, log }: Slider, position: number): number {
  const part = position / POSITIONS;
  const value = log ? min * (max / min) ** part : min + (max - min) * part;
  return Number(value.toPrecision(3));
}

/** The position that is nearest to a value; values outside go to an end. */
export function positionOf({ min, max, log }: Slider, value: number): number {
  const part = log ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.round(POSITIONS * Math.min(1, Math.max(0, part)));
}

/** `count` numbers from `from` to `to`, with equal ratios. */
export function geometric(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)));
}

/** `count` numbers from `from` to `to`, with equal differences. */
export function even(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + (to - from) * i / (count - 1));
}
