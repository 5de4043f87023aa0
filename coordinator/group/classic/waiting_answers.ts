/** Requests of members that are answered later: who waits, and for what. */
import { ErrorCode, type ErrorName } from "../../../protocol/errors.ts";

export type Answer<R> = (response: R) => void;

/** One waiting request for each member, at most. */
export class WaitingAnswers<R> {
  private readonly answers = new Map<string, Answer<R>>();

  /** `refusal` makes the response that tells a member of an error. */
  constructor(private readonly refusal: (memberId: string, errorCode: number) => R) {}

  get size(): number {
    return this.answers.size;
  }

  has(memberId: string): boolean {
    return this.answers.has(memberId);
  }

  /** A client that asks again no longer listens to its first request; it is answered all the same. */
  wait(memberId: string, answer: Answer<R>): void {
    this.refuse(memberId, "REBALANCE_IN_PROGRESS");
    this.answers.set(memberId, answer);
  }

  /** Answers a member. Returns false where it does not wait. */
  answer(memberId: string, response: R): boolean {
    const answer = this.answers.get(memberId);
    this.answers.delete(memberId);
    answer?.(response);
    return answer !== undefined;
  }

  /** Answers this very request, if it still waits. */
  answerRequest(request: Answer<R>, response: R): void {
    for (const [memberId, answer] of this.answers) {
      if (answer === request) this.answer(memberId, response);
    }
  }

  /** Tells a member of an error. Returns false where it does not wait. */
  refuse(memberId: string, error: ErrorName): boolean {
    return this.answer(memberId, this.refusal(memberId, ErrorCode[error]));
  }

  refuseAll(error: ErrorName): void {
    for (const memberId of [...this.answers.keys()]) this.refuse(memberId, error);
  }
}
