#ifndef LIBS_RPC_CONTEXT_H_
#define LIBS_RPC_CONTEXT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/audit/event.h"
#include "libs/auth/method_policy.h"
#include "libs/auth/passport.h"
#include "libs/id/ids.h"

namespace portal::rpc {

// What a handler knows of its call besides the request. By the time a handler runs, the method's
// policy has been enforced. Used by one thread at a time.
class Context {
 public:
  struct Call {
    // "/portal.records.v1.PatientService/GetPatient".
    std::string method;
    // The calling service, from its certificate.
    std::string service;
    // The client's address as the gateway saw it; empty when another service calls.
    std::string client_address;
    // Correlates log lines of one request across services: a UUID.
    std::string request_id;
    // W3C trace context; empty if the caller sent none.
    std::string traceparent;
    absl::Time deadline;
    // Whether the caller has gone, or, of a stream, the server is ending it.
    std::function<bool()> cancelled;
  };

  // `passport` is null on public and service methods; on the latter the calling service acts for
  // itself.
  Context(Call call, auth::MethodPolicy::Caller caller,
          std::shared_ptr<const auth::Passport> passport, std::string passport_token,
          auth::MethodPolicy::Admission admission);

  const Call& call() const { return call_; }
  absl::Time deadline() const { return call_.deadline; }
  bool cancelled() const { return call_.cancelled(); }

  // Whether the caller is a person, or a clinic's service account, known by a passport.
  bool has_person() const { return passport_ != nullptr; }
  bool is_service_account() const { return has_person() && passport_->service_account.has_value(); }

  // Account and staff methods only.
  const auth::Passport& passport() const { return *passport_; }
  // A service account's is its own id; it comes to staff methods only.
  const id::AccountId& account_id() const { return passport_->account_id; }
  const id::SessionId& session_id() const { return passport_->session_id; }
  // Staff methods only: the clinic named in the request, where the caller has one of the method's
  // roles, or its scope.
  const id::ClinicId& clinic_id() const { return *admission_.clinic_id; }
  // Methods with a patient field only: the patient named there. On an account method the account
  // holds a grant for the patient, or the answer will be replaced by NOT_FOUND before it leaves.
  const id::PatientId& patient_id() const { return *admission_.patient_id; }

  // Who repeats a request id, for idempotency: the account, the service account, or the service
  // when it acts for itself.
  std::string Caller() const;

  // An audit event of this call, for a change's own transaction: all but the resource is filled in;
  // the action is the method ("records.CreatePatient").
  audit::Event AuditEvent() const;

  // Tells which patient's data the answer of a read discloses, when the request does not name the
  // patient. The adapter audits one row for each.
  void Discloses(const id::PatientId& patient_id) const { disclosed_.push_back(patient_id); }
  const std::vector<id::PatientId>& disclosed() const { return disclosed_; }

  // Adds metadata to the answer of a unary call, which a gateway turns into a header of its own
  // answer: `key` in lower case, `value` of printable ASCII. Sent if the call succeeds.
  void AddResponseMetadata(std::string key, std::string value) const {
    response_metadata_.emplace_back(std::move(key), std::move(value));
  }
  const std::vector<std::pair<std::string, std::string>>& response_metadata() const {
    return response_metadata_;
  }

  // For calls on the person's behalf to other services.
  const std::string& passport_token() const { return passport_token_; }

 private:
  Call call_;
  auth::MethodPolicy::Caller caller_;
  std::shared_ptr<const auth::Passport> passport_;
  std::string passport_token_;
  auth::MethodPolicy::Admission admission_;
  mutable std::vector<id::PatientId> disclosed_;
  mutable std::vector<std::pair<std::string, std::string>> response_metadata_;
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_CONTEXT_H_
