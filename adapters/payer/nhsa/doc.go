// Package nhsa speaks to a basic-insurance payer over the national platform's
// interface for designated facilities: JSON over HTTP, one envelope, one
// transaction number per operation. It is the one room that knows the
// platform's abbreviations. It keeps nothing, decides nothing about a
// settlement and never sends a request twice.
//
// # Operations
//
//	identify  1101                          person.go
//	quote     2303                          settle.go
//	settle    2304                          settle.go
//	inquire   5203                          inquiry.go
//	reverse   2305 if the payer's id of the settlement is known   cancel.go
//	          2601 if it is not: its answer was lost              reversal.go
//	compare totals    3201                          source.go
//	compare details   9101, 3202, 9102              source_detail.go
//
// The last two are a reconciliation's, not a settlement's: nothing is booked by
// them, so that whoever got no answer may ask again.
//
// # What an answer means
//
//	infcode 0, sums hold, it is ours      applied (with a conflict where amounts contradict the call)
//	infcode 0, anything else              in doubt
//	infcode -2                            refused: nothing was written
//	infcode -1 or any other               in doubt
//	HTTP status other than 200, time-out,
//	reset, cut body, more than 1 MiB      in doubt
//	signature wrong, or missing where one
//	is demanded; not decipherable         in doubt
//	no byte of the body was given to
//	the connection                        unsent
//
// # Amounts
//
//	Payment              setlinfo
//	Bill.Submitted       medfee_sumamt
//	Bill.SelfFunded      fulamt_ownpay_amt
//	Bill.FirstSelfPay    preselfpay_amt
//	Bill.OverLimit       overlmt_selfpay
//	Bill.Eligible        inscp_scp_amt
//	Basic                hifp_pay + cvlserv_pay + hifes_pay + hifob_pay
//	CriticalIllness      hifmi_pay
//	Assistance           maf_pay: the payer's own, a conflict unless zero
//	Others               hosp_part_amt as HospitalDerate, hifdm_pay as SpecialCare,
//	                     oth_pay as Commercial
//	PersonalAccount      acct_pay, part of what the person pays
//	Reference            setl_id
//	Encounter            mdtrt_id
//	At                   setl_time
//
// An answer is believed only if identities I1 to I6 hold (sums.go). Together
// they make the shares and what the person pays add up to the total, so that
// no share can exceed it.
//
// # Departures
//
// Where provinces differ, or the published interface is silent, this package
// does the following.
//
//   - There is no official list of business error codes. A payer that opens
//     err_msg with a bracketed code, as in "[E1234] text", can be told by
//     Config.NotFoundMarks and Config.AlreadyReversedMarks which of them mean
//     that there is nothing to reverse; any other refusal stays a refusal.
//   - infcode and flags are read as number or as string, output as object or
//     as a string that holds one, amounts as number or as string of at most
//     two decimals. Unknown fields are ignored: provinces add some. A field
//     named twice, text after the object or text that is not UTF-8 makes the
//     answer unusable.
//   - hosp_part_amt may be null with ownpay_hosp_part in its place. The other
//     fund amounts count as zero when null or absent, and identity I4 proves
//     that nothing was left out. In 2305 the person's amounts may be null too,
//     and psn_pay and cash_payamt stand in for them.
//   - acct_mulaid_pay is not read: whether it lies inside acct_pay is not
//     established. Where it does not, I3 fails and the answer is in doubt.
//   - 5203 may answer one record or a list of them. A single record under
//     another message id proves nothing about ours and is in doubt; a list in
//     which every record names another message is "not found".
//   - A quiet period is needed after 2601: that a reversal blocks a late
//     original is nowhere promised.
//   - Every mode is settled by the hospital transactions 2303 to 2305. The
//     outpatient ones, 2206 to 2208, need the batch numbers of uploaded
//     charges, which the gateway does not hold.
//   - mdtrt_cert_no goes out where the call carries an identity number. The
//     calls of a settlement do not: a payer that insists on it when settling
//     refuses them.
//   - Totals (3201) are asked for by facility, insurance and kind of clearing,
//     for all facilities of the directory, though we hold nothing there. What
//     was reversed counts nothing; refd_setl_flag and exp_content are left out.
//     A stmt_rslt of 0 or 000000 is equal, any other differs, none is in doubt.
//   - Details (3202) know no insurance, so that a list has all of a facility and
//     a kind of clearing, and a comparison of one insurance alone is refused.
//     cash_payamt is the bill without fund_pay_sumamt and acct_pay: what the
//     hospital derates is in it. Where 9101 and 3202 name their file, in the
//     output or in a fileinfo inside it, is not established: both are read.
//   - A list to upload is refused beyond 8 MiB packed, and one downloaded
//     beyond the 1 MiB of any answer: then fewer days must be asked about.
//   - What 9102 answers is a list unless it begins as an object does, which is
//     an envelope; nothing at all is in doubt. The stream has no place for a
//     signature: envelopes are verified, and the list is believed on the
//     connection. It moves no money: two people decide what follows from it.
//   - These messages have ids of another shape than settlements have, random
//     and of 27 characters.
//   - Sign-in (9001) and card passwords in cainfo are not spoken. Every request
//     carries variant A in the HTTP headers. Where Config.Signing is there, the
//     body is signed and encrypted too, before it is journalled; how is a
//     profile's (adapters/signature), for no published text lays it down.
package nhsa
