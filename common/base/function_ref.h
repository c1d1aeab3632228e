// A reference to something callable, passed down to a function that is not a template: two pointers, no allocation. It
// must not outlive what it refers to, so it is a parameter and nothing else. Not null.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace redoubt {

template <typename Signature>
class FunctionRef;

template <typename R, typename... Arguments>
class FunctionRef<R(Arguments...)> {
 public:
  template <typename F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> && std::is_invocable_r_v<R, F&, Arguments...>)
  FunctionRef(F&& function)  // NOLINT(bugprone-forwarding-reference-overload): the constraint leaves copies out
      : function_(const_cast<void*>(static_cast<const volatile void*>(std::addressof(function)))),
        call_([](void* target, Arguments... arguments) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(target))(std::forward<Arguments>(arguments)...);
        }) {}

  R operator()(Arguments... arguments) const { return call_(function_, std::forward<Arguments>(arguments)...); }

 private:
  void* function_;
  R (*call_)(void*, Arguments...);
};

}  // namespace redoubt
