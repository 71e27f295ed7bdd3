/**
 * How long each measurement goes on. A round is short and there are many, so that what else the machine does
 * meanwhile hits every client alike and falls outside the quartiles.
 *
 * @typedef {typeof full} Settings
 */

export const full = {
  importRounds: 20,
  stubWarmUp: 20_000,
  stubRounds: 25,
  stubCalls: 2_000,
  httpWarmUp: 500,
  httpRounds: 9,
  httpSequentialCalls: 300,
  httpConcurrentCalls: 1_000,
  heapWarmUp: 20_000,
  heapCalls: 100_000,
  constructRounds: 11,
  constructCount: 5_000,
  tokenRounds: 11,
  tokenCount: 500,
};

/** @type {Settings} */
export const quick = {
  importRounds: 3,
  stubWarmUp: 500,
  stubRounds: 3,
  stubCalls: 200,
  httpWarmUp: 50,
  httpRounds: 3,
  httpSequentialCalls: 50,
  httpConcurrentCalls: 150,
  heapWarmUp: 1_000,
  heapCalls: 2_000,
  constructRounds: 3,
  constructCount: 200,
  tokenRounds: 3,
  tokenCount: 50,
};
