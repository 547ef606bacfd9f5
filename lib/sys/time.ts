/** Waiting without an event loop. */
import { poll } from './signal.ts'

/** @param milliseconds at least that long, unless a signal arrives */
export const sleep = (milliseconds: number): void => void poll([], milliseconds)
