#include "data_juicer/mapping.h"

#include <array>

namespace siku::refine::data_juicer {
namespace {

constexpr const char* kNeedsModel = "it needs a model that Data-Juicer downloads";
constexpr const char* kNoSentencePiece =
    "it splits by a model that Data-Juicer downloads: set it to false, or let "
    "`refine.text.segment_words` cut Chinese words before (docs/data-juicer.md)";
constexpr const char* kNoModelShingles = "our shingles need no SentencePiece model";
constexpr const char* kRowsKeepOrder =
    "the same rows as those of Data-Juicer, in the order they came";
const OnlyAs kNoTokenization = {"tokenization", "false", kNoSentencePiece};

}  // namespace

std::span<const Mapping> Mappings() {
  static const std::vector<Mapping> kMappings = {
      // ---- filters
      {.theirs = "alphanumeric_filter",
       .ours = "refine.filter.alphanumeric",
       .only = {kNoTokenization}},
      {.theirs = "average_line_length_filter", .ours = "refine.filter.average_line_length"},
      {.theirs = "character_repetition_filter", .ours = "refine.filter.character_repetition"},
      {.theirs = "general_field_filter", .ours = "refine.filter.general_field"},
      {.theirs = "flagged_words_filter",
       .ours = "refine.filter.flagged_words",
       .only = {kNoTokenization}},
      {.theirs = "maximum_line_length_filter", .ours = "refine.filter.maximum_line_length"},
      {.theirs = "special_characters_filter", .ours = "refine.filter.special_characters"},
      {.theirs = "specified_field_filter", .ours = "refine.filter.specified_field"},
      {.theirs = "specified_numeric_field_filter", .ours = "refine.filter.specified_numeric_field"},
      {.theirs = "stopwords_filter", .ours = "refine.filter.stopwords", .only = {kNoTokenization}},
      {.theirs = "suffix_filter", .ours = "refine.filter.suffix"},
      {.theirs = "text_length_filter", .ours = "refine.filter.text_length"},
      {.theirs = "word_repetition_filter",
       .ours = "refine.filter.word_repetition",
       .only = {kNoTokenization}},
      {.theirs = "words_num_filter", .ours = "refine.filter.words_num", .only = {kNoTokenization}},
      // ---- mappers
      {.theirs = "chinese_convert_mapper",
       .ours = "refine.text.convert_script",
       .renamed = {{"mode", "configuration"}}},
      {.theirs = "clean_copyright_mapper", .ours = "refine.text.clean_copyright"},
      {.theirs = "clean_email_mapper", .ours = "refine.text.clean_email"},
      {.theirs = "clean_ip_mapper", .ours = "refine.text.clean_ip"},
      {.theirs = "clean_links_mapper", .ours = "refine.text.clean_links"},
      {.theirs = "expand_macro_mapper", .ours = "refine.text.expand_macro"},
      {.theirs = "fix_unicode_mapper",
       .ours = "refine.text.repair",
       .only = {{"normalization", "NFC|nfc|''", "only NFC leaves Chinese text as it is"}},
       .note =
           "fix_unicode_mapper turns Chinese punctuation into ASCII; our repair puts damaged text "
           "right and leaves sound text as it is"},
      {.theirs = "punctuation_normalization_mapper",
       .ours = "refine.text.punctuation_normalization"},
      {.theirs = "remove_bibliography_mapper", .ours = "refine.text.remove_bibliography"},
      {.theirs = "remove_comments_mapper",
       .ours = "refine.text.remove_comments",
       .only = {{"doc_type", "tex", "it knows comments of TeX only, as theirs does"}}},
      {.theirs = "remove_header_mapper", .ours = "refine.text.remove_header"},
      {.theirs = "remove_long_words_mapper", .ours = "refine.text.remove_long_words"},
      {.theirs = "remove_non_chinese_character_mapper",
       .ours = "refine.text.remove_non_chinese_character"},
      {.theirs = "remove_repeat_sentences_mapper",
       .ours = "refine.text.remove_repeat_sentences",
       .only = {{"tokenizer", "", "a splitter written in Python is not run"}}},
      {.theirs = "remove_specific_chars_mapper", .ours = "refine.text.remove_specific_chars"},
      {.theirs = "remove_table_text_mapper", .ours = "refine.text.remove_table_text"},
      {.theirs = "remove_words_with_incorrect_substrings_mapper",
       .ours = "refine.text.remove_words_with_incorrect_substrings",
       .only = {kNoTokenization, {"lang", "en|zh", "it has no effect without tokenization"}}},
      {.theirs = "replace_content_mapper", .ours = "refine.text.replace_content"},
      {.theirs = "whitespace_normalization_mapper", .ours = "refine.text.whitespace_normalization"},
      {.theirs = "text_chunk_mapper",
       .ours = "refine.document.chunk_text",
       .only = {{"tokenizer", "", "pieces are measured in characters: a tokenizer is a model"},
                {"trust_remote_code", "true|false", "it has no effect without a tokenizer"}},
       .nulls = {{"split_pattern", ""}}},
      // ---- deduplicators
      {.theirs = "document_deduplicator",
       .ours = "refine.document.drop_duplicates",
       .renamed = {{"lowercase", "ignore_case"}},
       .fixed = {{"compare", "data_juicer"}, {"ignore_case", "false"}}},
      {.theirs = "document_minhash_deduplicator",
       .ours = "refine.duplicates.minhash",
       .renamed = {{"tokenization", "shingle", "space=word"},
                   {"window_size", "shingle_length"},
                   {"num_permutations", "permutations"},
                   {"jaccard_threshold", "threshold"},
                   {"num_bands", "bands"},
                   {"num_rows_per_band", "rows"}},
       .fixed = {{"hashing", "data_juicer"},
                 {"shingle", "word"},
                 {"threshold", "0.7"},
                 {"verify", "false"}},
       .only = {{"tokenizer_model", "", kNoModelShingles}}},
      {.theirs = "document_line_deduplicator", .ours = "refine.duplicates.frequent_lines"},
      {.theirs = "document_simhash_deduplicator",
       .ours = "refine.duplicates.simhash",
       .renamed = {{"tokenization", "shingle", "space=word"},
                   {"window_size", "shingle_length"},
                   {"num_blocks", "blocks"}},
       .fixed = {{"shingle", "word"}}},
      // ---- selectors
      {.theirs = "frequency_specified_field_selector",
       .ours = "refine.select.frequency_specified_field",
       .note = kRowsKeepOrder},
      {.theirs = "random_selector", .ours = "refine.select.random", .note = kRowsKeepOrder},
      {.theirs = "range_specified_field_selector",
       .ours = "refine.select.range_specified_field",
       .note = kRowsKeepOrder},
      {.theirs = "tags_specified_field_selector",
       .ours = "refine.filter.specified_field",
       .renamed = {{"target_tags", "target_value"}}},
      {.theirs = "topk_specified_field_selector",
       .ours = "refine.select.topk_specified_field",
       .note = kRowsKeepOrder},
  };
  return kMappings;
}

std::span<const Lacking> Lackings() {
  static constexpr std::array kLackings = {
      Lacking{
          "clean_html_mapper", "refine.text.clean_residue",
          "it reads HTML by lexbor, which no package brings; what HTML leaves in text is cleaned"},
      Lacking{"language_id_score_filter", "alphanumeric_filter", kNeedsModel},
      Lacking{"perplexity_filter", "character_repetition_filter", kNeedsModel},
      Lacking{"token_num_filter", "text_length_filter", kNeedsModel},
      Lacking{"text_action_filter", "words_num_filter", kNeedsModel},
      Lacking{"text_entity_dependency_filter", "words_num_filter", kNeedsModel},
      Lacking{"sentence_split_mapper", "text_chunk_mapper",
              "it splits by nltk's punkt, a model that is downloaded; `split_pattern` cuts at any "
              "mark"},
      Lacking{"nlpcda_zh_mapper", "chinese_convert_mapper", kNeedsModel},
      Lacking{"nlpaug_en_mapper", "replace_content_mapper", kNeedsModel},
      Lacking{"pii_redaction_mapper", "clean_email_mapper", "its patterns are not ours"},
      Lacking{"python_lambda_mapper", "replace_content_mapper", "it runs Python from the recipe"},
      Lacking{"python_file_mapper", "replace_content_mapper", "it runs Python from the recipe"},
      Lacking{"ray_document_deduplicator", "document_deduplicator", "it runs on Ray only"},
      Lacking{"ray_bts_minhash_deduplicator", "document_minhash_deduplicator",
              "it runs on Ray only and keeps other rows than the local one"},
  };
  return kLackings;
}

std::span<const Key> Keys() {
  using enum KeyKind;
  static constexpr std::array kKeys = {
      Key{"project_name", kRead},
      Key{"dataset_path", kRead},
      Key{"dataset", kRead},
      Key{"export_path", kRead},
      Key{"export_type", kRead},
      Key{"text_keys", kRead},
      Key{"process", kRead},
      Key{"adaptive_batch_size", kHow},
      Key{"audio_key", kHow},
      Key{"audio_special_token", kHow},
      Key{"auto_num", kHow},
      Key{"auto_op_parallelism", kHow},
      Key{"cache_compress", kHow},
      Key{"checkpoint", kHow},
      Key{"checkpoint_dir", kHow},
      Key{"conflict_resolve_strategy", kHow},
      Key{"debug", kHow},
      Key{"ds_cache_dir", kHow},
      Key{"elastic_juicer_adaptive_batching", kHow},
      Key{"elastic_juicer_profile_seed", kHow},
      Key{"eoc_special_token", kHow},
      Key{"event_log_dir", kHow},
      Key{"event_logging", kHow},
      Key{"executor_type", kHow},
      Key{"export_extra_args", kHow},
      Key{"export_in_parallel", kHow},
      Key{"export_original_dataset", kHow},
      Key{"export_shard_size", kHow},
      Key{"fusion_strategy", kHow},
      Key{"image_bytes_key", kHow},
      Key{"image_key", kHow},
      Key{"image_special_token", kHow},
      Key{"job_id", kHow},
      Key{"keep_hashes_in_res_ds", kChanges},
      Key{"keep_stats_in_res_ds", kRead},
      Key{"load_dataset_kwargs", kChanges},
      Key{"load_jsonl_lenient", kHow},
      Key{"mapper_fusion", kHow},
      Key{"mapper_fusion_vram_limit", kHow},
      Key{"min_common_dep_num_to_combine", kHow},
      Key{"np", kHow},
      Key{"op_fusion", kHow},
      Key{"op_list_to_mine", kHow},
      Key{"op_list_to_trace", kHow},
      Key{"open_insight_mining", kHow},
      Key{"open_monitor", kHow},
      Key{"open_tracer", kHow},
      Key{"override_num_blocks", kHow},
      Key{"partition", kHow},
      Key{"partition_dir", kHow},
      Key{"partition_size", kHow},
      Key{"percentiles", kHow},
      Key{"ray_address", kHow},
      Key{"read_options", kHow},
      Key{"resume", kHow},
      Key{"save_stats_in_one_file", kHow},
      Key{"skip_op_error", kHow},
      Key{"strict_preflight", kHow},
      Key{"temp_dir", kHow},
      Key{"trace_keys", kHow},
      Key{"trace_num", kHow},
      Key{"turbo", kHow},
      Key{"use_cache", kHow},
      Key{"use_checkpoint", kHow},
      Key{"use_dag", kHow},
      Key{"video_key", kHow},
      Key{"video_special_token", kHow},
      Key{"work_dir", kHow},
      Key{"add_suffix", kChanges},
      Key{"auto", kChanges},
      Key{"custom_operator_paths", kChanges},
      Key{"data_probe_algo", kHow},
      Key{"data_probe_ratio", kHow},
      Key{"decrypt_after_reading", kChanges},
      Key{"encrypt_before_export", kChanges},
      Key{"encryption_key_path", kChanges},
      Key{"export_aws_credentials", kChanges},
      Key{"generated_dataset_config", kChanges},
      Key{"hpo_config", kChanges},
      Key{"suffixes", kChanges},
      Key{"validators", kChanges},
  };
  return kKeys;
}

std::span<const std::string_view> HowParameters() {
  static constexpr std::array<std::string_view, 31> kHow = {
      "accelerator",   "adaptive_batching", "audio_key",         "auto_op_parallelism",
      "batch_mode",    "batch_size",        "cpu_required",      "gpu_required",
      "history_key",   "image_bytes_key",   "image_key",         "index_key",
      "input_columns", "instruction_key",   "mem_required",      "memory",
      "num_cpus",      "num_gpus",          "num_proc",          "output_columns",
      "prompt_key",    "query_key",         "response_key",      "ray_execution_mode",
      "runtime_env",   "skip_op_error",     "stats_export_path", "system_key",
      "turbo",         "video_key",         "work_dir",
  };
  return kHow;
}

}  // namespace siku::refine::data_juicer
