// tests/thrown.h - what an expression threw, for tests of messages: EXPECT_THAT(thrown([&] { Weights w(folder); }),
// HasSubstr("cut short")).
#pragma once

#include <string>

#include "kernels/core/error.h"

namespace bifrons {

template <class Call>
std::string thrown(Call call, Fault* fault = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (fault != nullptr) *fault = error.fault();
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace bifrons
