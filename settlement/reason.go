package settlement

// Reason is the stable code of why an answer is what it is. Codes are part of
// the interface: append, never rename.
type Reason string

// Reasons of a settlement, in the precedence of assumption A15.
const (
	ReasonOK              Reason = "OK"
	ReasonCapLimited      Reason = "CAP_LIMITED"
	ReasonNotEligible     Reason = "NOT_ELIGIBLE"
	ReasonModeNotCovered  Reason = "MODE_NOT_COVERED"
	ReasonProvider        Reason = "PROVIDER_NOT_COVERED"
	ReasonUninsured       Reason = "UNINSURED_NOT_COVERED"
	ReasonAlreadyGranted  Reason = "ALREADY_GRANTED"
	ReasonNothingToAssist Reason = "NOTHING_TO_ASSIST"
	ReasonBelowDeductible Reason = "BELOW_DEDUCTIBLE"
	ReasonCapExhausted    Reason = "CAP_EXHAUSTED"
)

// Reasons a claim is wrong, in the precedence of assumption A23; those after
// UNKNOWN_CATEGORY are our own, below all of them.
const (
	ReasonBadPrecision     Reason = "BAD_PRECISION"
	ReasonNegativeAmount   Reason = "NEGATIVE_AMOUNT"
	ReasonBillUnbalanced   Reason = "BILL_UNBALANCED"
	ReasonPayersExceed     Reason = "PAYERS_EXCEED_TOTAL"
	ReasonDateOrder        Reason = "DATE_ORDER"
	ReasonNoPolicyVersion  Reason = "NO_POLICY_VERSION"
	ReasonUnknownCategory  Reason = "UNKNOWN_CATEGORY"
	ReasonCareBill         Reason = "CARE_BILL_NOT_ZERO"
	ReasonSchemeConflict   Reason = "SCHEME_CONFLICT"
	ReasonSourceNotPlaced  Reason = "SOURCE_NOT_PLACED"
	ReasonLateClaim        Reason = "LATE_CLAIM"
	ReasonFutureDischarge  Reason = "DISCHARGE_IN_FUTURE"
	ReasonCrossYear        Reason = "CROSS_YEAR_STAY"
	ReasonDiseaseNotListed Reason = "DISEASE_NOT_LISTED"
	ReasonChoiceNeeded     Reason = "CHOICE_NEEDED"
	ReasonChoiceNotOffered Reason = "CHOICE_NOT_OFFERED"
)

// Reasons of a reversal.
const (
	ReasonSettlementNotFound Reason = "SETTLEMENT_NOT_FOUND"
	ReasonAlreadyReversed    Reason = "ALREADY_REVERSED"
	ReasonNotReversible      Reason = "NOT_REVERSIBLE"
)

// Reasons of the input's form.
const (
	ReasonBadAmount       Reason = "BAD_AMOUNT"
	ReasonBadRatio        Reason = "BAD_RATIO"
	ReasonBadDate         Reason = "BAD_DATE"
	ReasonBadIdentity     Reason = "BAD_IDENTITY_NUMBER"
	ReasonBadDocument     Reason = "BAD_DOCUMENT"
	ReasonInvalidArgument Reason = "INVALID_ARGUMENT"
	ReasonInvalidFilter   Reason = "INVALID_FILTER"
	ReasonInvalidPage     Reason = "INVALID_PAGE_TOKEN"
	ReasonKeyMissing      Reason = "IDEMPOTENCY_KEY_MISSING"
	ReasonKeyMismatch     Reason = "IDEMPOTENCY_KEY_MISMATCH" // header and field differ
	ReasonBodyTooLarge    Reason = "BODY_TOO_LARGE"
)

// Reasons of the lifecycle.
const (
	ReasonInternal              Reason = "INTERNAL"
	ReasonKeyReused             Reason = "IDEMPOTENCY_KEY_REUSED"
	ReasonRequestInFlight       Reason = "REQUEST_IN_FLIGHT"
	ReasonDischargeSettled      Reason = "DISCHARGE_ALREADY_SETTLED"
	ReasonDischargeOpen         Reason = "DISCHARGE_IN_PROGRESS"
	ReasonDischargeInDoubt      Reason = "DISCHARGE_IN_DOUBT"
	ReasonOverloaded            Reason = "OVERLOADED"
	ReasonStoreUnavailable      Reason = "STORE_UNAVAILABLE"
	ReasonStaleRecord           Reason = "STALE_RECORD"
	ReasonUnknownPerson         Reason = "UNKNOWN_PERSON"
	ReasonPersonMismatch        Reason = "PERSON_MISMATCH"
	ReasonUnknownRegion         Reason = "UNKNOWN_REGION"
	ReasonUnknownFacility       Reason = "UNKNOWN_FACILITY"
	ReasonNoPayer               Reason = "NO_PAYER_FOR_SCHEME"
	ReasonPayerRefused          Reason = "PAYER_REFUSED"
	ReasonPayerUnavailable      Reason = "PAYER_UNAVAILABLE"
	ReasonPayerSuspended        Reason = "PAYER_SUSPENDED"
	ReasonPayerBusy             Reason = "PAYER_BUSY"
	ReasonPayerInDoubt          Reason = "PAYER_IN_DOUBT"
	ReasonPayerAnswer           Reason = "PAYER_ANSWER_INVALID"
	ReasonBillDiffers           Reason = "BILL_DIFFERS_FROM_PAYER"
	ReasonPayerAssists          Reason = "PAYER_ALREADY_ASSISTS"
	ReasonCriticalTwice         Reason = "CRITICAL_ILLNESS_TWICE"
	ReasonDeadline              Reason = "DECISION_DEADLINE_PASSED"
	ReasonReversalRefused       Reason = "REVERSAL_REFUSED"
	ReasonReversalExhausted     Reason = "REVERSAL_ATTEMPTS_EXHAUSTED"
	ReasonNotInAttention        Reason = "NOT_IN_ATTENTION"
	ReasonNotResolvable         Reason = "NOT_RESOLVABLE"
	ReasonSamePerson            Reason = "SAME_PERSON"
	ReasonUnconfirmed           Reason = "REVERSAL_UNCONFIRMED"
	ReasonUnauthenticated       Reason = "UNAUTHENTICATED"
	ReasonRevoked               Reason = "CREDENTIAL_REVOKED"
	ReasonLockedOut             Reason = "LOCKED_OUT"
	ReasonPermissionDenied      Reason = "PERMISSION_DENIED"
	ReasonOutOfScope            Reason = "OUT_OF_SCOPE"
	ReasonNotTheCaller          Reason = "OPERATOR_IS_NOT_CALLER"
	ReasonQuoteNotFound         Reason = "QUOTE_NOT_FOUND"
	ReasonNoticeNotFound        Reason = "NOTICE_NOT_FOUND"
	ReasonAdmissionNotFound     Reason = "ADMISSION_NOT_FOUND"
	ReasonAdmissionUnregistered Reason = "ADMISSION_NOT_REGISTERED"
	ReasonAdmissionNotInDoubt   Reason = "ADMISSION_NOT_IN_DOUBT"
	ReasonAdmissionMismatch     Reason = "ADMISSION_MISMATCH"
	ReasonAdmissionUncharged    Reason = "ADMISSION_CHARGES_OUTSTANDING"
	ReasonAdmissionBill         Reason = "ADMISSION_BILL_DIFFERS"
	ReasonAdmissionRow          Reason = "ADMISSION_ROW_NOT_OPEN"
	ReasonAdmissionUnbound      Reason = "ADMISSION_NOT_BOUND"
	ReasonAdmissionUsed         Reason = "ADMISSION_IN_USE"
	ReasonAdmissionUnproposed   Reason = "ADMISSION_NOTHING_PROPOSED"
	ReasonQuoteExpired          Reason = "QUOTE_EXPIRED"
	ReasonQuoteReleased         Reason = "QUOTE_RELEASED"
	ReasonQuoteSettled          Reason = "QUOTE_ALREADY_SETTLED"
	ReasonQuoteMismatch         Reason = "QUOTE_IS_FOR_ANOTHER"
	ReasonHoldTooLong           Reason = "HOLD_TOO_LONG"
	ReasonProposalChanged       Reason = "PROPOSAL_CHANGED" // since the one who approves read it
	ReasonRestored              Reason = "STORE_RESTORED"   // to a moment before its payers answered
)

// Reasons of approvals.
const (
	ReasonApprovalRequired Reason = "APPROVAL_REQUIRED" // by the policy, and none is named
	ReasonApprovalUnknown  Reason = "APPROVAL_NOT_FOUND"
	ReasonApprovalPending  Reason = "APPROVAL_PENDING" // submitted and not decided
	ReasonApprovalRefused  Reason = "APPROVAL_REFUSED"
	ReasonApprovalRevoked  Reason = "APPROVAL_REVOKED"
	ReasonApprovalExpired  Reason = "APPROVAL_EXPIRED" // or not valid yet, on the day of discharge
	ReasonApprovalMismatch Reason = "APPROVAL_IS_FOR_ANOTHER"
	ReasonApprovalUsed     Reason = "APPROVAL_USED"    // by a settlement that stands
	ReasonApprovalExists   Reason = "APPROVAL_EXISTS"  // the number is given to another form
	ReasonApprovalDecided  Reason = "APPROVAL_DECIDED" // what is asked cannot follow
)

// Reasons of the publication of policies.
const (
	ReasonPublicationUnknown Reason = "PUBLICATION_NOT_FOUND"
	ReasonPublicationDecided Reason = "PUBLICATION_DECIDED"  // what is asked cannot follow
	ReasonPoliciesFromFiles  Reason = "POLICIES_FROM_FILES"  // by configuration: nothing can be published
	ReasonPolicyNotUsed      Reason = "POLICY_NOT_USED"      // no region settles under it
	ReasonUnknownPolicy      Reason = "UNKNOWN_POLICY"       // there is none of that id
	ReasonPolicyUnchanged    Reason = "POLICY_UNCHANGED"     // it is in force already
	ReasonVersionPublished   Reason = "VERSION_PUBLISHED"    // and not edited nor, once begun, withdrawn
	ReasonWorkedCaseFailed   Reason = "WORKED_CASE_FAILED"   // under the policy that is proposed
	ReasonVersionWithoutCase Reason = "VERSION_WITHOUT_CASE" // no worked case comes by it
)

// Reasons of corrections, which two people make.
const (
	ReasonSecondPerson      Reason = "SECOND_PERSON_NEEDED" // one alone may not: propose it
	ReasonCorrectionUnknown Reason = "CORRECTION_NOT_FOUND"
	ReasonCorrectionDecided Reason = "CORRECTION_DECIDED" // what is asked cannot follow
	ReasonProposalExpired   Reason = "PROPOSAL_EXPIRED"   // nobody approved it in time: propose it anew
)

// Reasons of clearings.
const (
	ReasonClearingUnknown  Reason = "CLEARING_NOT_FOUND"
	ReasonClearingStatus   Reason = "CLEARING_STATUS"     // what is asked cannot follow
	ReasonClearingOpen     Reason = "CLEARING_OPEN"       // another is, and not frozen
	ReasonClearingPeriod   Reason = "CLEARING_PERIOD"     // does not follow the one before, or is not over
	ReasonStatementUnknown Reason = "STATEMENT_NOT_FOUND" // of that payee and bearer
	ReasonPaymentExists    Reason = "PAYMENT_EXISTS"      // with the bank's reference
)

// Reasons of the registry.
const (
	ReasonNotInForce      Reason = "CATEGORY_NOT_IN_FORCE" // on the day a change speaks of
	ReasonNotStanding     Reason = "CHANGE_NOT_STANDING"   // what is corrected does not stand (any more)
	ReasonPersonExists    Reason = "PERSON_EXISTS"
	ReasonUnknownReview   Reason = "UNKNOWN_REVIEW"
	ReasonProposalDecided Reason = "PROPOSAL_DECIDED" // the other way
	ReasonNoStandard      Reason = "NO_STANDARD"      // of the region on the day
)

// Reasons of reconciliation.
const (
	ReasonReconciliationNotFound Reason = "RECONCILIATION_NOT_FOUND"
	ReasonReconciliationRunning  Reason = "RECONCILIATION_RUNNING" // the same is being compared
	ReasonReconciliationBroken   Reason = "RECONCILIATION_BROKEN"  // it was begun and nobody ended it
	ReasonFixNotPossible         Reason = "FIX_NOT_POSSIBLE"       // of this difference, as it stands
)
