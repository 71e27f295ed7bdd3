/** The longest delay of a timer: with a longer one it fires at once (HTML Standard, section 8.6: a signed 32-bit number). */
export const MAX_TIMER_MILLISECONDS: number = 2 ** 31 - 1;
