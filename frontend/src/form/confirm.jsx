// A check of the form that may be set aside: at its field a tick, and why. The server says which, and keeps the reason.
import { useState } from 'react';

const LONGEST_REASON = 2000;

/** One entry a check, at the first field it speaks of: {check, field (a name, empty: the whole form), messages}. */
export function confirmable(problems) {
  const found = {};
  for (const { check, confirm, path, message } of problems) {
    if (!confirm) continue;
    found[check] ??= { check, field: path.split('/')[0], messages: [] };
    if (!found[check].messages.includes(message)) found[check].messages.push(message);
  }
  return Object.values(found);
}

/**
 * What may be confirmed and what has been. `told` takes the server's problems: what is ticked stays although the server is content with it now;
 * `given` is what to send: check → reason, of those ticked.
 */
export function useConfirmations() {
  const [offered, setOffered] = useState([]);
  const [answers, setAnswers] = useState({});
  const ticked = (check) => answers[check]?.ticked ?? false;
  return {
    offered,
    answers,
    given: Object.fromEntries(
      offered.filter(({ check }) => ticked(check)).map(({ check }) => [check, answers[check].reason ?? '']),
    ),
    told(problems) {
      const found = confirmable(problems);
      const again = new Set(found.map(({ check }) => check));
      setOffered([...found, ...offered.filter(({ check }) => !again.has(check) && ticked(check))]);
    },
    answer: (check, change) => setAnswers((all) => ({ ...all, [check]: { ...all[check], ...change } })),
  };
}

function Confirmation({ check, answer = {}, onAnswer }) {
  const id = `confirm_${check.check}`;
  return (
    <div className="confirm-check" role="group" aria-label={check.messages.join('；')}>
      {check.field === '' && check.messages.map((message) => <p key={message}>{message}</p>)}
      <div className="form-check">
        <input
          type="checkbox"
          className="form-check-input"
          id={id}
          checked={answer.ticked ?? false}
          onChange={({ target }) => onAnswer(check.check, { ticked: target.checked })}
        />
        <label className="form-check-label" htmlFor={id}>
          情况属实，说明理由后仍按所填内容提交
        </label>
      </div>
      {answer.ticked && (
        <>
          <label className="form-label" htmlFor={`${id}_reason`}>
            理由
            <span className="text-danger" aria-hidden="true">
              {' '}
              *
            </span>
          </label>
          <textarea
            id={`${id}_reason`}
            className="form-control"
            rows={2}
            maxLength={LONGEST_REASON}
            aria-required="true"
            aria-describedby={`${id}_help`}
            value={answer.reason ?? ''}
            onChange={({ target }) => onAnswer(check.check, { reason: target.value })}
          />
          <div className="form-text" id={`${id}_help`}>
            理由记入办理经过和审计，后续办理人看得到。
          </div>
        </>
      )}
    </div>
  );
}

/** Everything that may be confirmed at one field; `field` empty: what concerns the whole form. */
export function ConfirmAt({ field, confirmations }) {
  const here = (confirmations?.offered ?? []).filter((check) => check.field === field);
  return here.map((check) => (
    <Confirmation
      key={check.check}
      check={check}
      answer={confirmations.answers[check.check]}
      onAnswer={confirmations.answer}
    />
  ));
}
