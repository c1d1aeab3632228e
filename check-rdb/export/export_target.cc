#include "check-rdb/export/export_target.h"

#include <utility>

namespace redoubt {

ExportTarget::ExportTarget(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {
  Result<std::unique_ptr<File>> file = files.open(temporary(), OpenMode::create);
  if (file) {
    file_ = std::move(*file);
  } else {
    status_ = file.error();
  }
}

ExportTarget::~ExportTarget() {
  if (file_ == nullptr) return;
  file_.reset();
  (void)files_->remove(temporary());
}

void ExportTarget::drain() {
  drained_ += buffer_.size();
  if (out_ != nullptr) {
    out_->write(buffer_);
  } else if (status_) {
    status_ = write_all(*file_, buffer_);
  }
  buffer_.clear();
  // One huge element is no reason to keep its room.
  if (buffer_.capacity() > 4 * most_buffered) buffer_.shrink_to_fit();
}

bool ExportTarget::take_back(uint64_t position) {
  if (position < drained_) return false;
  buffer_.resize(static_cast<size_t>(position - drained_));
  return true;
}

bool ExportTarget::failed() const {
  return out_ != nullptr ? out_->closed() || !out_->error().empty() : !status_.has_value();
}

Status ExportTarget::finish() {
  drain();
  if (out_ != nullptr) return {};  // the owner of the Output asks it
  if (status_) status_ = file_->sync();
  if (!status_) return status_;
  file_.reset();
  status_ = files_->rename(temporary(), path_);
  if (!status_) {
    (void)files_->remove(temporary());
    return status_;
  }
  return status_ = files_->sync_directory(directory_of(path_));
}

}  // namespace redoubt
