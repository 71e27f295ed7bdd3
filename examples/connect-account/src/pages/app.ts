import { html } from "hono/html";
import {
  type Connector,
  type ConnectorInput,
  type EntityToSync,
  type WayToConnect,
  waysToConnect,
} from "rollout-client";
import { fieldName } from "../form.ts";
import { choicesOf, isList, isSecret, planName, type UserInputs } from "../rollout/connectors.ts";
import { ENTITY_NAMES, entitiesOf } from "../rollout/entities.ts";
import type { Problem } from "../rollout/problem.ts";
import { infoHtml } from "./info-html.ts";
import { type Html, layout, problemBox } from "./layout.ts";

/** What the form was sent with before. */
export interface Sent {
  chosen: readonly EntityToSync[];
  /** Without secrets: people enter those again. */
  entered: UserInputs;
  /** Why the form is shown again. */
  problem?: Problem | undefined;
  /** The inputs that need another value. */
  invalid?: readonly ConnectorInput[];
}

/** The form that connects an account of an app, drawn from what its connector asks for. */
export function appPage(connector: Connector, way: WayToConnect, connectionId: string, sent?: Sent): Html {
  const { name, appKey } = connector;
  const { kind, plan, fields } = way;
  const plans = waysToConnect(connector).flatMap((each) => each.plan ?? []);
  const offered = entitiesOf(connector);
  return layout({
    title: `Connect ${name}`,
    tabTitle: sent?.problem?.title ?? `Connect ${name}`,
    app: name,
    content: html`
    ${sent?.problem === undefined ? "" : problemBox(sent.problem)}
    ${plans.length > 1 && plan !== undefined ? planLinks(connector, plans, plan) : ""}
    <form method="post" action="/connections/${connectionId}" class="card" data-busy="Connecting …">
      <input type="hidden" name="appKey" value="${appKey}">
      ${plan === undefined ? "" : html`<input type="hidden" name="plan" value="${plan}">`}
      ${kind === "oauth" ? html`<p>You sign in to ${name} in the next step.</p>` : ""}
      ${fields.map((input, index) => inputField(input, index, sent))}
      ${entityBoxes(offered, sent?.chosen ?? offered)}
      <p class="actions"><button class="primary">${kind === "oauth" ? "Continue" : "Connect"}</button>
        <a href="/">Cancel</a></p>
    </form>`,
  });
}

/** Checkboxes for the entities of an app. */
export function entityBoxes(offered: readonly EntityToSync[], chosen: readonly EntityToSync[]): Html | string {
  if (offered.length === 0) return "";
  return html`
    <fieldset>
      <legend>What to sync</legend>
      ${offered.map(
        (entity) => html`
      <label class="tick"><input type="checkbox" name="entity" value="${entity}"${
        chosen.includes(entity) ? html` checked` : ""
      }> ${ENTITY_NAMES[entity]}</label>`,
      )}
    </fieldset>`;
}

function planLinks({ appKey, name }: Connector, plans: readonly string[], current: string): Html {
  return html`
    <nav aria-label="Your plan with ${name}" class="plans">
      <span>Your plan with ${name}</span>
      ${plans.map(
        (plan) => html`
      <a href="/apps/${encodeURIComponent(appKey)}?plan=${encodeURIComponent(plan)}"${
        plan === current ? html` aria-current="page"` : ""
      }>${planName(plan)}</a>`,
      )}
    </nav>`;
}

function inputField(input: ConnectorInput, index: number, sent: Sent | undefined): Html {
  const id = `input-${index}`;
  const isInvalid = sent?.invalid?.some(({ key }) => key === input.key) ?? false;
  const hint = isList(input) ? html`<p class="hint" id="${id}-hint">One on each line. Can be left empty.</p>` : "";
  const info =
    input.infoHTML === undefined ? "" : html`<div class="hint" id="${id}-info">${infoHtml(input.infoHTML)}</div>`;
  const error = isInvalid
    ? html`<p class="error" id="${id}-error">${choicesOf(input).length > 0 ? "Choose one" : "Fill this in"}</p>`
    : "";
  const described = [hint && `${id}-hint`, info && `${id}-info`, error && `${id}-error`].filter(Boolean).join(" ");
  const attributes = html` id="${id}" name="${fieldName(input)}"${described === "" ? "" : html` aria-describedby="${described}"`}${
    isInvalid ? html` aria-invalid="true"` : ""
  }`;
  return html`
    <div class="field">
      <label for="${id}">${input.label}</label>
      ${control(input, attributes, sent?.entered[input.key])}
      ${error}${hint}${info}
    </div>`;
}

function control(input: ConnectorInput, attributes: Html, value: string | string[] = ""): Html {
  const choices = choicesOf(input);
  const placeholder = input.placeholder ?? "";
  if (choices.length > 0) {
    return html`<select${attributes} required>
        <option value="">${placeholder || "Choose one"}</option>
        ${choices.map(
          (choice) =>
            html`<option value="${choice.value}"${choice.value === value ? html` selected` : ""}>${choice.label}</option>`,
        )}
      </select>`;
  }
  if (isList(input)) {
    return html`<textarea${attributes} rows="3" placeholder="${placeholder}">${[value].flat().join("\n")}</textarea>`;
  }
  const typing = html`placeholder="${placeholder}" required autocomplete="off" autocapitalize="none" spellcheck="false"`;
  if (isSecret(input)) return html`<div class="row"><input${attributes} type="password" ${typing}></div>`;
  return html`<input${attributes} type="text" value="${String(value)}" ${typing}>`;
}
