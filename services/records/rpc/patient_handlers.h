#ifndef SERVICES_RECORDS_RPC_PATIENT_HANDLERS_H_
#define SERVICES_RECORDS_RPC_PATIENT_HANDLERS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/records/v1/patient_service.pb.h"
#include "services/records/rpc/dependencies.h"
#include "services/records/storage/patient_store.h"

namespace portal::records {

// portal.records.v1.PatientService.
class PatientHandlers {
 public:
  explicit PatientHandlers(const Dependencies& dependencies)
      : deps_(dependencies), page_tokens_(dependencies.sealer), patients_(dependencies.pool) {}

  absl::StatusOr<v1::Patient> CreatePatient(const rpc::Context& context,
                                            const v1::CreatePatientRequest& request);
  absl::StatusOr<v1::Patient> GetPatient(const rpc::Context& context,
                                         const v1::GetPatientRequest& request);
  absl::StatusOr<v1::ListPatientsResponse> ListPatients(const rpc::Context& context,
                                                        const v1::ListPatientsRequest& request);
  absl::StatusOr<v1::Patient> UpdatePatient(const rpc::Context& context,
                                            const v1::UpdatePatientRequest& request);
  absl::StatusOr<v1::FindDuplicatePatientsResponse> FindDuplicatePatients(
      const rpc::Context& context, const v1::FindDuplicatePatientsRequest& request);
  absl::StatusOr<v1::Patient> MergePatients(const rpc::Context& context,
                                            const v1::MergePatientsRequest& request);
  absl::StatusOr<v1::SearchPatientsResponse> SearchPatients(
      const rpc::Context& context, const v1::SearchPatientsRequest& request);
  absl::StatusOr<v1::PatientProfile> GetMyPatient(const rpc::Context& context,
                                                  const v1::GetMyPatientRequest& request);

 private:
  // Adds the audit row of a change of the record.
  absl::Status Audit(const rpc::Context& context, db::Transaction& transaction,
                     const id::PatientId& patient_id) const;
  // The same, and access_code is told.
  absl::Status Announce(const rpc::Context& context, db::Transaction& transaction,
                        const Patient& patient) const;

  const Dependencies deps_;
  const rpc::PageTokens page_tokens_;
  const PatientStore patients_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_PATIENT_HANDLERS_H_
