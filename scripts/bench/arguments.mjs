import { parseArgs } from "node:util";
import { clients, references } from "./clients/index.mjs";
import { sections } from "./sections.mjs";

export const usage = "usage: npm run bench -- [--quick] [--only SECTION,…] [--clients CLIENT,…]";

export class UsageError extends Error {}

/**
 * @typedef {object} Choice
 * @property {boolean} quick
 * @property {string[]} sections
 * @property {import("./clients/index.mjs").Client[]} clients
 * @property {boolean} complete Everything was measured at full length, so the result may be published.
 */

/**
 * @param {string[]} argv
 * @returns {Choice}
 */
export function readArguments(argv) {
  const { quick = false, only, clients: named } = parse(argv);
  const sectionNames = Object.keys(sections);
  const clientIds = clients.map(({ id }) => id);
  const chosenSections = choose("section", only, sectionNames);
  const chosenClients = [...choose("client", named, clientIds), ...references];
  return {
    quick,
    sections: sectionNames.filter((name) => chosenSections.includes(name)),
    clients: clients.filter(({ id }) => chosenClients.includes(id)),
    complete: !quick && only === undefined && named === undefined,
  };
}

/** @param {string[]} argv */
function parse(argv) {
  try {
    const options = /** @type {const} */ ({
      quick: { type: "boolean" },
      only: { type: "string" },
      clients: { type: "string" },
    });
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    const [firstSentence] = error instanceof Error ? error.message.split(/\. |\n/) : [];
    throw new UsageError(firstSentence ?? "unreadable arguments");
  }
}

/**
 * @param {string} kind
 * @param {string | undefined} list
 * @param {string[]} known
 */
function choose(kind, list, known) {
  if (list === undefined) return known;
  const chosen = list.split(",");
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`no ${kind} "${unknown}" (known: ${known.join(", ")})`);
  return chosen;
}
