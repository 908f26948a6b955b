// language/whole_characters.h - UTF-8 that arrives cut anywhere, handed on in whole characters; and JSON text whose strings hold
// such cut characters, made readable for a strict parser and taken back afterwards.
#pragma once

#include <string>
#include <string_view>

namespace bifrons {

// push gives what is whole; an unfinished character waits for the next piece. Bytes that belong to no character become U+FFFD,
// one for each sequence cut short, and so does what is left at the end. Two halves of a UTF-16 pair, each written as three bytes
// (servers that cut a text by UTF-16 units send such), are joined.
class WholeCharacters {
 public:
  std::string push(std::string_view bytes);
  std::string finish();

 private:
  std::string take(bool last);
  std::string waiting_;
};

// JSON text in which every byte that is no UTF-8, and every \uD8xx or \uDCxx escape without its other half, is replaced by
// private characters of plane 16 (U+10FF00 + byte): a strict parser then takes it. bytes_of turns them back, in a string that the
// parser gave. Text of its own that uses those very characters comes back as U+FFFD.
std::string readable_json(std::string_view text);
std::string bytes_of(std::string_view parsed);

}  // namespace bifrons
