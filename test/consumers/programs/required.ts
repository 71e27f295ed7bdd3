// What an operation requires is required by every compiler setting.
import { createRolloutApi, createRolloutClient, paginate } from "rollout-client";
import type { CrmPaths } from "./crm-paths.js";

const { api } = createRolloutClient({ token: "token" });
const crm = createRolloutApi<CrmPaths>({ token: "token", baseUrl: "https://crm.universal.rollout.com/api" });

void crm.GET("/people");
void crm.GET("/people", {});
// @ts-expect-error: the path parameter is missing
void crm.GET("/people/{id}");
// @ts-expect-error: the path parameter is missing
void crm.GET("/people/{id}", {});
// @ts-expect-error: the path parameter is missing
void paginate(crm, "/people/{id}");
// @ts-expect-error: the body is missing
void api.POST("/credentials");
// @ts-expect-error: the body is missing
void api.request("post", "/credentials");
