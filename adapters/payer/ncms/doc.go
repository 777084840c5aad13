// Package ncms speaks to payers of the rural cooperative scheme (新农合) and to
// the insurers that pay critical illness after it. There never was one national
// wire: this package speaks two of those found in the field, and shares between
// them what is truly the same, the SOAP envelope, the strict reading of XML,
// amounts and the meaning of a record. It keeps nothing but a ticket, decides
// nothing about a settlement and never sends a request twice.
//
// # Operations
//
//	          ticket shape          pipe
//	identify  S03 members by card   C030002
//	quote     S13 trial             B020011
//	settle    S14                   B020012
//	inquire   S16                   C020007
//	reverse   S15                   B020008
//
// The ticket shape (Gui'an) is SOAP 1.1 with an operation request(headXml,
// bodyXml), each an XML text inside a string. The head has operCode, the MD5 of
// the body in a field named "rsa", and the ticket that a log-in (S02) gives. The
// pipe (Handan) has one operation, nh_pipe, with one XML text: a head with
// function, name and password, and a body in the codes of the national dataset
// (D504 admission, D506 compensation).
//
//	register  S04 for a new stay    -
//	charge    S10                   -
//
// Where a payer of the ticket shape is configured with Admissions, the gateway
// registers stays (S04, uploadType 0) and uploads their charges (S10) through
// package stay, as the hospital tells them; a settlement that names such a stay
// goes by its inpId and memberId. Without it, and in the pipe (B020001, B020004,
// whose fields nobody has published), both are the hospital's own system's, and
// a settlement states the number that it was given (inpId, D504_01) as its
// encounter. Of S05 to S07, S11 and S12 (undoing, changing and ending an
// admission, asking for it, deleting charges) the published sources give the
// names and no fields: they are not spoken. A registration in doubt can thus not
// be asked for; it is sent again where RegistrationRepeats says that one
// inpatientNo has one inpId, and otherwise people state its number.
//
// # What an answer means
//
//	yes, sums hold, it is ours            applied (with a conflict where amounts contradict the call)
//	yes, anything else                    in doubt
//	no, with a code in RefusedMarks       refused: nothing was written
//	no, with a code in TicketMarks        refused; reversal, inquiry: in doubt, and asked again
//	no, with any other code or none       in doubt: payers say no to what they have settled, too
//	fault, other HTTP status, time-out,
//	reset, cut body, more than 1 MiB      in doubt
//	no ticket to be had, or no byte of
//	the body was given to the connection  unsent
//
// # What a payer can do
//
//	can be asked for a stay's settlements   InquireByEncounter
//	its bare yes to a reversal is proof     ReversalConfirms
//	its reversal names what it undid        proof without a setting
//	settles a message twice if it comes twice   assumed of every payer
//	reversal by our message alone           every payer spoken to here
//	trial settlement                        every payer spoken to here
//	wants stays of the gateway              Admissions
//	one inpatientNo has one inpId           RegistrationRepeats
//	stores a row (hisDetailCode) once       every payer with Admissions
//
// # Tickets
//
// A ticket is asked for when there is none or TicketLife is over, by one caller
// at a time. It is not journalled: the request is durable with its place left
// empty. A request whose ticket is turned away is not sent again; the next one
// asks for a new ticket first.
//
// # Amounts
//
// Amounts have up to four decimals. They are read exactly, and the sums must
// hold exactly. Only then are they rounded: the total and the eligible part
// half-up to the fen; the shares one after the other, each to the difference it
// makes to the running total rounded half-up, so that they never come to more
// than what was paid. No share moves by more than a fen, whole fen stay as they
// are, and the amounts as the payer wrote them stand in the journalled answer.
//
//	Payment            ticket shape                                   pipe
//	Bill.Submitted     totalCost or totalCosts                        D506_03
//	Bill.Eligible      enableMoney or insuranceCost                   D506_19 or D506_13
//	Basic              compensateCost - accRedeem + bottomRedeem      D506_24 + D506_58 + D506_104
//	                   + bottomSecondRedeem
//	CriticalIllness    insureCost                                     D506_59
//	Assistance         civilCost: the payer's own, a conflict         D506_103
//	                   unless zero, as are salvaMZCost and
//	                   CXmedicalAid
//	HospitalDerate     hospAssumeMoney                                D506_105
//	SpecialCare        salvaYFCost and the aid of other departments   -
//	Commercial         continentInsurance                             D506_60
//	PersonalAccount    accRedeem                                      D506_57
//	person, in cash    personalPayMoney                               D506_32 - D506_57
//	Reference          redeemId                                       D506_01
//	our message        hisRedeemCode                                  D506_52
//
// The shares and the cash must make the total. In the ticket shape the
// compensation must also be what its parts (generalRedeem, accRedeem,
// accidentRedeem) and calculateMoney say; with the guaranteed minimum 保底补偿
// (isPaul 1) it may be more, and only then. Critical illness that is calculated
// (CIICalculateMoney) must be what is paid.
//
// A payer of kind critical_illness is told what those before it pay
// (compensateCost, D506_24), and repeats it; that is no payment of its own.
//
// # XML
//
// One root and nothing after it, UTF-8, at most 12 deep and 20,000 elements, no
// document type, no entity but XML's five, no comment, no instruction, no text
// beside elements. Elements nobody asks for are passed over, for payers add
// some; one that is asked for and stands twice makes the answer unusable.
//
// # Assumptions
//
// No official text of either wire is public. Assumed here, and to be settled
// with each payer when it is connected:
//
//   - hisRedeemCode, the hospital's own number of a compensation, goes with S13,
//     S14 and S15 and comes back with S13, S14 and S16, like hisDetailCode does
//     with charged rows; in the pipe the invoice number D506_52 does. A record
//     that does not name our message is never taken for ours. The stay and the
//     member (inpId, memberNo; D504_01, D504_02) may be left out of an answer;
//     one that names another's is in doubt.
//   - redeemId, redeemDate, isCancel, memberNo in records; a bracketed code at
//     the head of a refusal's words; roots named head, body and result.
//   - In the pipe: operation namespace, roots request and response, stateCode
//     0000000 as the only yes, rows named feeInfo and person, the mark
//     "returned", and that D506_32 is all the person pays.
//   - MD5 in upper case. It is what the wire has, and protects nothing; the
//     connection's encryption does.
//   - medicineCost, nurseCost and the aid of salvaJS, CL, FP and JK are
//     paid before the person, like special care.
//   - Outpatient operations are not spoken: Prepare refuses any mode but
//     inpatient. Of S17 to S27 the published sources give the numbers, and that
//     S25 settles; not the operation that registers a visit, its fields, the
//     trial, the undoing or the record, and of the pipe no outpatient function
//     at all. Money is not sent in a message somebody had to guess: the claim is
//     refused (field mode) before anything is written.
package ncms
