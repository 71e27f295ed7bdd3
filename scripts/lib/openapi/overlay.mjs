import { openapiOverlay, resolveJsonPath } from "openapi-format";
import { parse } from "yaml";
import { captureConsoleErrors } from "./capture-console-errors.mjs";
import { InputError, reasonOf } from "./input-error.mjs";
import { contains, isObject, propertyOf, wouldOverride } from "./json-value.mjs";
import { sharesOperation } from "./shares-operation.mjs";

/**
 * One change: exactly one of `update`, `copy` and `remove`. `copy` is the JSONPath of a value to merge into the target, as `update` is merged.
 *
 * @typedef {object} OverlayAction
 * @property {string} overlayName the file that it comes from, for messages
 * @property {string} description
 * @property {string} target a JSONPath
 * @property {Record<string, unknown>} [update]
 * @property {string} [copy]
 * @property {true} [remove]
 *
 * @typedef {import("./document.mjs").OpenApiDocument} OpenApiDocument
 *
 * @typedef {object} Patched
 * @property {OpenApiDocument} document
 * @property {OverlayAction[]} superfluous the document already says what they add, or has the operation that they add: not applied
 * @property {OverlayAction[]} overriding they replace a value of the document, or add to a list that has items
 * @property {OverlayAction[]} impossible their target, or what they copy, is not in the document
 */

const OVERLAY_VERSION = "1.1.0";

/**
 * @param {string} text
 * @param {string} name
 * @returns {OverlayAction[]}
 */
export function parseOverlay(text, name) {
  let value;
  try {
    value = parse(text);
  } catch (cause) {
    throw new InputError(name, `is not YAML: ${reasonOf(cause)}`, { cause });
  }
  if (propertyOf(value, "overlay") !== OVERLAY_VERSION) {
    throw new InputError(name, `is not an OpenAPI Overlay ${OVERLAY_VERSION}`);
  }
  const actions = propertyOf(value, "actions");
  if (!Array.isArray(actions)) throw new InputError(name, "has no list of actions");
  return actions.map((action, index) => {
    if (isAction(action)) return { ...action, overlayName: name };
    const change = 'one of an object to update with, a path to copy from, and "remove: true"';
    throw new InputError(name, `action ${index + 1} needs a description, a target, and exactly ${change}`);
  });
}

/** @param {OverlayAction} action */
export function actionName(action) {
  return action.description.trim().split("\n", 1)[0] ?? action.target;
}

/**
 * Applies the actions one by one to a copy of the document. The tool reports success for an update that it drops, and removes the wrong items when
 * several items of one array match: so each action is checked against its result.
 *
 * @param {OpenApiDocument} original
 * @param {readonly OverlayAction[]} actions of all overlays, in the order of the overlays
 * @returns {Promise<Patched>}
 */
export async function applyOverlays(original, actions) {
  /** @type {Patched} */
  const patched = { document: structuredClone(original), superfluous: [], overriding: [], impossible: [] };
  const { document, superfluous, overriding, impossible } = patched;
  for (const action of actions) {
    const { target, update, copy, remove } = action;
    const values = await valuesAt(document, action, target);
    const copied = copy === undefined ? [update] : await valuesAt(document, action, copy);
    const [addition] = copied;
    const isDone = async () =>
      (await valuesAt(document, action, target)).every((value) => !remove && contains(value, addition));
    if (values.length === 0 || copied.length !== 1) impossible.push(action);
    else if ((await isDone()) || (await hasOwnOperation(original, action, addition))) superfluous.push(action);
    else {
      if (values.some((value) => wouldOverride(value, addition))) overriding.push(action);
      const change = { target, ...(remove ? { remove } : copy === undefined ? { update } : { copy }) };
      await openapiOverlay(document, { overlaySet: { overlay: OVERLAY_VERSION, actions: [change] } });
      if (!(await isDone())) throw problemOf(action, "had no effect: does its update fit its target?");
    }
  }
  return patched;
}

/** @param {OverlayAction} action whose target, or what it copies, is not in the document */
export function impossibilityOf(action) {
  const { target, copy } = action;
  return problemOf(
    action,
    `matches nothing in the document (${copy === undefined ? target : `${target} from ${copy}`})`,
  );
}

/**
 * @param {OverlayAction} action
 * @param {string} problem
 */
function problemOf(action, problem) {
  return new InputError(action.overlayName, `the action "${actionName(action)}" ${problem}`);
}

/**
 * Whether the document has an operation of its own where the action would add one: two descriptions of an operation are not mixed.
 *
 * @param {OpenApiDocument} original
 * @param {OverlayAction} action
 * @param {unknown} addition
 */
async function hasOwnOperation(original, action, addition) {
  const values = await valuesAt(original, action, action.target);
  return values.some((value) => sharesOperation(value, addition));
}

/**
 * The values in the document that a path of an action leads to.
 *
 * @param {OpenApiDocument} document
 * @param {OverlayAction} action
 * @param {string} path
 */
async function valuesAt(document, action, path) {
  const { value: nodes, lines } = await captureConsoleErrors(() => resolveJsonPath(document, path));
  const [problem] = lines;
  if (problem !== undefined) throw problemOf(action, `has a wrong path: ${problem}`);
  return nodes.map(({ value }) => value);
}

/**
 * @param {unknown} action
 * @returns {action is Omit<OverlayAction, "overlayName">}
 */
function isAction(action) {
  if (!isObject(action)) return false;
  const { description, target, update, copy, remove } = action;
  const changes = [update, copy, remove].filter((change) => change !== undefined);
  return (
    typeof description === "string" &&
    description.trim() !== "" &&
    typeof target === "string" &&
    changes.length === 1 &&
    (isObject(update) || typeof copy === "string" || remove === true)
  );
}
