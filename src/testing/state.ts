import type { EntityToSync } from "../index.ts";
import type { MockConnectors } from "./connectors.ts";

/** A credential that exists in the mock. */
export interface MockCredential {
  /** Its id, such as `cred_1`. */
  readonly id: string;
  /** The app that it connects. */
  readonly appKey: string;
  /** Its user: the `sub` of the token that created it. */
  readonly userId: string;
  /** When it was created, in ISO 8601. */
  readonly createdAt: string;
  /** The `entitiesToSync` that the last create or update sent; absent when none did. */
  entitiesToSync?: Readonly<Partial<Record<EntityToSync, boolean>>>;
}

/** How {@link RolloutMock.requireOtp} ends after the right code. */
export interface RequireOtpOptions {
  /**
   * The reason why there is no credential although the code is right, as when the account is locked.
   *
   * @default the credential is created
   */
  readonly refuseCredential?: string | undefined;
}

/** The one-time password that an app asks for. */
export interface OtpRequirement extends RequireOtpOptions {
  readonly code: string;
}

/** A credential that does not exist until its one-time password is right. */
export interface Challenge extends OtpRequirement {
  readonly credential: NewCredential;
}

/** What a credential is created from. */
export type NewCredential = Omit<MockCredential, "id" | "createdAt">;

/** All that the mock remembers, except the requests. */
export class MockState {
  readonly credentials: MockCredential[] = [];
  readonly connectors: MockConnectors;
  /** By appKey. */
  readonly otpRequirements: Map<string, OtpRequirement> = new Map();
  /** The challenges that are open, by `otpChallengeId`. */
  readonly challenges: Map<string, Challenge> = new Map();
  #lastNumber = 0;

  constructor(connectors: MockConnectors) {
    this.connectors = connectors;
  }

  addCredential(credential: NewCredential): MockCredential {
    const created = { id: this.newId("cred"), ...credential, createdAt: new Date().toISOString() };
    this.credentials.push(created);
    return created;
  }

  /** A new id, the same in every run of a test. */
  newId(prefix: string): string {
    this.#lastNumber += 1;
    const id = `${prefix}_${this.#lastNumber}`;
    return this.credentials.some((credential) => credential.id === id) ? this.newId(prefix) : id;
  }
}
