const CODE = "123456";
const REJECTED = { event: "OTP_RESULT", ok: false, errors: [{ message: "This code is wrong or has expired." }] };
const ACCEPTED = { event: "OTP_RESULT", ok: true };
const CREATED = { event: "CREDENTIAL", ok: true, credential: { id: "credential_after_otp" } };

/** A `WebSocket` in memory to a server that asks for the code until it is right, then creates the credential. */
export class OtpSocket extends EventTarget {
  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }

  send(frame: string): void {
    const { otp }: { otp: string } = JSON.parse(frame);
    for (const event of otp === CODE ? [ACCEPTED, CREATED] : [REJECTED]) {
      queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(event) })));
    }
  }

  close(): void {
    queueMicrotask(() => this.dispatchEvent(Object.assign(new Event("close"), { code: 1000 })));
  }
}
