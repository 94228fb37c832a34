// The peer of goal G3: simdjson on demand takes four fields of every JSON line of `full`.
//
//     simdjson_fields FILE        prints the lines, the sum of `rows` and a sum over the text fields
//
// The file is read in blocks of about 1 MB of whole lines into one padded buffer, and each block is
// one batch of `iterate_many`, on one thread. The fields are asked for in the order of the log, as
// simdjson likes it best. Lines that it finds broken are counted.

#undef SIMDJSON_THREADS_ENABLED
#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

int main(int count, char **words) {
  if (count != 2) return std::fprintf(stderr, "usage: simdjson_fields FILE\n"), 2;
  const int file = open(words[1], O_RDONLY);
  if (file < 0) return std::perror(words[1]), 2;
  const size_t block = 1 << 20;
  std::vector<char> buffer(2 * block + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::parser parser;
  size_t held = 0, lines = 0, broken = 0;
  uint64_t sum = 0, text = 0;
  bool ended = false;
  while (!ended || held > 0) {
    while (!ended && held < block) {
      const ssize_t got = read(file, buffer.data() + held, block - held);
      if (got < 0) return std::perror(words[1]), 2;
      ended = got == 0;
      held += static_cast<size_t>(got);
    }
    if (held == 0) break;
    const void *last = memrchr(buffer.data(), '\n', held);
    const size_t whole = last ? static_cast<const char *>(last) - buffer.data() + 1 : held;
    if (!last && !ended) return std::fprintf(stderr, "a line is longer than the block\n"), 2;
    simdjson::ondemand::document_stream stream;
    if (parser.iterate_many(buffer.data(), whole, whole + 1).get(stream)) return 3;
    for (auto document : stream) {
      lines++;
      std::string_view time, user, owner;
      int64_t rows = 0;
      simdjson::ondemand::object object;
      if (document.get_object().get(object) || object["ts"].get_string().get(time) ||
          object["user"].get_string().get(user) || object["owner"].get_string().get(owner) ||
          object["rows"].get_int64().get(rows)) {
        broken++;
        continue;
      }
      sum += static_cast<uint64_t>(rows);
      text += time.size() + user.size() + owner.size();
    }
    held -= whole;
    std::memmove(buffer.data(), buffer.data() + whole, held);
  }
  std::printf("%zu lines, %zu broken, %llu rows, %llu bytes of text\n", lines, broken,
              static_cast<unsigned long long>(sum), static_cast<unsigned long long>(text));
  return broken == lines ? 1 : 0;
}
