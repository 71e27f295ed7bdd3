// What a library of a consumer exports without annotations: its declarations name what the compiler infers.
import { createRolloutApi, createRolloutClient, paginate, paginateItems, unwrap } from "rollout-client";
import type { CrmPaths } from "./crm-paths.js";

export const { api, credentials, connectors } = createRolloutClient({ token: "token" });
export const crm = createRolloutApi<CrmPaths>({ token: "token", baseUrl: "https://crm.universal.rollout.com/api" });

export const create = () => api.POST("/credentials", { body: { appKey: "gmail", userInputs: {} } });
export const created = async () => unwrap(await create());
export const people = () => crm.GET("/people");
export const person = async (id: string) => unwrap(await crm.GET("/people/{id}", { params: { path: { id } } }));
export const text = (id: string) => crm.GET("/people/{id}", { params: { path: { id } }, parseAs: "text" });
export const requested = () => crm.request("get", "/people");
export const pages = () => paginate(crm, "/people");
export const entries = () => paginateItems(crm, "/people");
export const { GET, POST, request, use, eject } = crm;
export const headersOf = ({ headers }: Parameters<typeof createRolloutClient>[0]) => headers;
export const family = <Paths extends {}>(baseUrl: string) => createRolloutApi<Paths>({ token: "token", baseUrl });
