"""What the odds have learned from the precedents; see `odds.py`.

Written by `python tests/bench/odds.py fit`: change nothing by hand. A row says what its
statement adds to the log-odds of each plan, in the order of PLANS.
"""

from __future__ import annotations

PLANS: tuple[tuple[str, ...], ...] = (
    ("prompt",),
    ("rag",),
    ("task_head",),
    ("lora",),
    ("rag", "lora"),
    ("full",),
    ("rag", "full"),
)

BASE = (-0.773, -2.229, -1.854, -1.36, -4.199, -1.76, -3.864)

STATEMENTS: dict[str, tuple[float, ...]] = {
    "behaviour_shift = some": (0.083, -0.134, -0.079, 0.181, 0.042, -0.014, -0.005),
    "behaviour_shift = strong": (-0.24, -0.231, -0.065, 0.066, -0.052, 0.126, 0.033),
    "citations = true": (-0.114, 0.021, -0.069, -0.027, 0.035, 0.094, 0.11),
    "data_quality = strong": (-0.23, -0.11, 0.0, 0.032, -0.019, 0.375, 0.014),
    "deciding": (-0.071, -0.119, 0.53, -0.139, -0.012, -0.06, -0.082),
    "deciding: data_quality = strong": (-0.247, -0.156, 0.041, 0.131, 0.064, 0.144, 0.096),
    "deciding: many examples": (-0.396, -0.262, 0.308, 0.066, 0.095, -0.098, 0.003),
    "deciding: model_access = api": (0.388, -0.071, -0.036, -0.155, -0.044, -0.159, -0.04),
    "deciding: model_access = api_tuning": (-0.115, -0.068, -0.377, 0.583, -0.076, 0.601, -0.077),
    "deciding: model_access = weights": (-0.202, -0.175, 0.224, 0.053, 0.044, -0.027, -0.039),
    "deciding: output_schema = true": (0.343, 0.166, -0.08, -0.217, 0.12, -0.158, 0.127),
    "deciding: prompt_affordable = false": (-0.378, -0.138, 0.336, -0.125, -0.104, -0.073, -0.078),
    "deciding: prompt_result = close": (-0.104, -0.063, 0.01, 0.061, -0.047, -0.085, -0.043),
    "deciding: prompt_result = far": (-0.18, -0.082, -0.031, 0.303, 0.109, 0.473, 0.113),
    "deciding: prompt_result unknown": (0.27, 0.052, 0.339, -0.345, -0.053, -0.341, -0.134),
    "deciding: reasons to tune": (-0.377, -0.207, 0.238, 0.056, 0.168, 0.084, 0.146),
    "deciding: small model": (-0.148, -0.092, -0.526, 0.718, 0.197, 0.274, 0.075),
    "deciding: special, tunable, untested": (-0.086, -0.134, -0.143, 0.341, 0.147, 0.445, 0.041),
    "deciding: specialisation = deep": (-0.217, 0.041, 0.283, -0.023, 0.143, 0.131, 0.009),
    "deciding: specialisation = domain": (-0.022, -0.062, 0.307, -0.175, -0.061, -0.052, -0.016),
    "deciding: specialisation = general": (0.077, -0.118, -0.094, 0.02, -0.044, 0.136, -0.036),
    "deciding: text to search": (0.144, 0.202, 0.087, 0.125, 0.07, 0.172, 0.082),
    "few examples": (0.511, -0.041, -0.052, -0.189, -0.065, -0.084, -0.059),
    "knowledge_updates = days": (-0.154, 0.19, 0.06, -0.241, 0.021, -0.215, -0.037),
    "main_error = knowledge": (-0.211, 0.158, 0.013, -0.285, 0.199, -0.098, 0.304),
    "main_error = skill": (0.009, -0.091, -0.026, -0.067, -0.095, 0.287, -0.084),
    "ml_skill = some": (0.206, 0.205, -0.066, -0.118, -0.078, 0.044, -0.069),
    "ml_skill = strong": (-0.199, -0.149, 0.188, -0.08, -0.038, -0.127, 0.002),
    "model size >= 10": (0.141, 0.009, 0.108, -0.134, -0.208, -0.178, -0.058),
    "model size >= 5": (0.063, -0.231, -0.365, 0.205, 0.051, 0.178, 0.182),
    "model size known": (-0.069, -0.149, -0.509, 0.475, 0.251, 0.226, 0.055),
    "model_access = api": (0.431, 0.179, -0.111, -0.346, -0.173, -0.348, -0.229),
    "model_access = api_tuning": (-0.024, -0.115, -0.483, 0.684, 0.052, 0.603, 0.0),
    "model_access = weights": (-0.357, -0.063, 0.014, 0.308, 0.214, 0.017, 0.051),
    "output_schema = true": (0.177, 0.128, -0.125, -0.069, 0.192, -0.161, 0.131),
    "private_knowledge = true": (-0.014, 0.292, -0.102, -0.22, 0.194, -0.188, 0.182),
    "prompt_affordable = false": (-0.463, -0.222, 0.248, 0.131, -0.011, 0.39, -0.135),
    "prompt_result = close": (0.056, 0.07, -0.03, 0.03, -0.07, -0.163, -0.067),
    "prompt_result = far": (-0.206, -0.098, -0.121, 0.255, -0.068, 0.341, 0.091),
    "prompt_result = passes": (-0.073, -0.064, 0.154, -0.054, -0.04, 0.08, -0.036),
    "prompt_result unknown": (0.222, 0.092, -0.003, -0.231, 0.177, -0.258, 0.011),
    "reasons to search": (-0.203, 0.58, 0.022, -0.392, 0.126, -0.333, 0.15),
    "reasons to tune": (-0.306, -0.372, -0.001, 0.412, 0.15, 0.381, 0.001),
    "sensitive_data = true": (0.017, -0.057, -0.022, 0.321, 0.246, 0.045, 0.273),
    "specialisation = deep": (-0.172, -0.266, 0.137, -0.171, 0.149, 0.333, 0.247),
    "specialisation = domain": (-0.291, 0.073, 0.132, 0.1, -0.03, 0.018, 0.03),
    "specialisation = general": (0.311, -0.073, -0.179, -0.085, -0.019, 0.049, 0.006),
    "stakes = high": (0.247, 0.199, -0.244, 0.184, -0.016, 0.22, -0.073),
    "task = answer": (-0.003, 0.522, -0.175, -0.466, 0.372, -0.441, 0.429),
    "task = code": (-0.177, -0.238, -0.096, 0.405, -0.112, 0.369, -0.15),
    "task = extract": (-0.014, 0.004, 0.061, -0.117, 0.024, 0.011, 0.052),
    "task = label": (-0.152, -0.091, 0.443, -0.179, -0.088, -0.036, -0.221),
    "task = match": (0.095, -0.032, 0.026, 0.158, 0.052, -0.035, 0.088),
    "task = rewrite": (-0.041, -0.195, -0.115, 0.155, -0.136, 0.05, 0.049),
    "task = write": (0.199, 0.049, -0.108, 0.058, -0.105, 0.216, -0.237),
    "task_changes = days": (0.55, 0.345, -0.208, -0.192, -0.05, -0.176, -0.053),
    "task_changes = months": (0.251, 0.051, -0.211, -0.028, -0.036, -0.058, -0.029),
    "text to search": (-0.197, 0.625, -0.097, -0.136, 0.421, -0.014, 0.417),
    "text to search: prompt falls short": (-0.037, -0.005, -0.104, 0.17, -0.152, 0.24, -0.002),
    "text to search: reasons to tune": (0.165, 0.099, -0.075, 0.292, 0.138, 0.126, 0.22),
    "text to search: small model": (-0.142, -0.065, -0.061, 0.087, 0.54, 0.107, 0.429),
    "writing": (-0.021, 0.139, -0.495, 0.151, 0.019, 0.193, 0.09),
    "writing: behaviour_shift = some": (0.114, -0.125, -0.068, 0.122, 0.047, 0.048, 0.001),
    "writing: behaviour_shift = strong": (-0.24, -0.231, -0.065, 0.066, -0.052, 0.126, 0.033),
    "writing: data_quality = strong": (0.017, 0.046, -0.041, -0.098, -0.083, 0.231, -0.082),
    "writing: main_error = knowledge": (-0.225, 0.009, -0.103, -0.339, 0.23, -0.148, 0.342),
    "writing: model_access = api": (0.043, 0.251, -0.075, -0.191, -0.129, -0.189, -0.189),
    "writing: model_access = api_tuning": (-0.032, -0.035, -0.082, 0.173, 0.131, 0.074, 0.079),
    "writing: model_access = weights": (-0.124, 0.121, -0.198, 0.195, 0.175, 0.105, 0.096),
    "writing: output_schema = true": (-0.166, -0.038, -0.044, 0.147, 0.072, -0.003, 0.004),
    "writing: prompt_affordable = false": (-0.208, -0.073, -0.063, 0.328, 0.097, 0.534, -0.053),
    "writing: prompt_result = far": (0.005, -0.006, -0.079, -0.108, -0.173, -0.07, -0.015),
    "writing: prompt_result unknown": (-0.047, 0.04, -0.342, 0.114, 0.231, 0.083, 0.145),
    "writing: reasons to tune": (0.025, -0.156, -0.221, 0.363, -0.015, 0.363, -0.141),
    "writing: small model": (-0.031, -0.057, -0.08, -0.168, 0.267, 0.192, 0.044),
    "writing: special, tunable, untested": (-0.436, -0.108, -0.136, 0.198, 0.311, 0.437, 0.257),
    "writing: specialisation = deep": (0.046, -0.307, -0.145, -0.148, 0.006, 0.202, 0.238),
    "writing: specialisation = domain": (-0.238, 0.144, -0.164, 0.216, 0.036, 0.133, 0.052),
    "writing: specialisation = general": (0.234, 0.045, -0.085, -0.106, 0.025, -0.087, 0.042),
    "writing: text to search": (-0.341, 0.423, -0.185, -0.261, 0.351, -0.186, 0.335),
}

OTHER = -5.849
"""The log-odds of a plan that too few precedents know."""

AT_ONCE = 1.193
"""How many plans were right at once, on average, LoRA and full tuning counted once."""

LEARNED = frozenset(
    """
    accordance-tax-analysis adapter-for-each-user amazon-catalog-learnings
    amazon-medication-directions amazon-relevance-distillation ambience-icd10-codes
    anaconda-error-help antibiotic-indication-categories astronomy-assistant-full-corpus
    astronomy-questions-7b atlassian-review-comment-filter automation-dsl-changing-apis
    automation-dsl-tight-latency b01 b02 b06 b14 b16 b18 b20 b22 b23 b28 b29 b30 b31 b34 b35 b36
    b37 b42 b46 b47 b49 b57 b58 b60 bangla-multitask-hate bible-translation-domain-shift
    biomedical-annotation-guidelines-prompt biomedical-relations-no-labels c-vulnerability-fixes
    canva-query-intent capital-one-input-guardrail chatcast-query-product chip-design-assistant
    chip-tool-documentation choco-order-intake classroom-talk-coding climatealigned-greenness
    clinical-note-outcome-prediction clinical-summaries-eight-models clinical-text-flags-8b
    clipping-diplomat-exam code-comments-gpt4-or-tuned code-review-revision
    code-weakness-categories coop-store-policies course-forum-answers crag-dynamic-facts
    cross-border-company-matching cursor-fast-apply cybersecurity-questions
    deliveryhero-title-student dense-news-summaries-cheap digits-accountant-questions
    distil-openbook-multihop distil-text2sql doctor-patient-notes dutch-report-fields-zero-shot
    dutch-report-ner echo-ai-conversation-insights elastic-support-assistant
    entity-matching-tuned-small-llm etsy-expense-policy-answers etsy-realtime-relevance
    fact-checked-claim-llm-embedder fact-checked-claim-search faire-search-relevance-labels
    fake-news-verified-labels farming-advice-by-region finance-report-arithmetic
    financial-report-arithmetic-small-models financial-sentiment-lora-8b
    floqast-transaction-matching fluent-essay-correction freshqa-search-prompt
    gaming-toxic-speech geico-quote-chat german-reader-comments-hate glean-enterprise-embeddings
    google-ads-policy govtech-lionguard2 govtech-off-topic grab-fraud-analytics-reports
    grammarly-delicate-text grounding-check-of-answers harvey-verbatim-passages
    highlighter-outage-reports hipe-historical-newspapers home-voice-function-calls
    hospital-course-summaries icd-coding-with-guidelines icd-cpt-coding-70b
    indian-court-judgement-summaries intent-slot-small-business jailbreak-filter-cheap
    java-bug-fix-code-models judge-for-changing-tasks kubica-post-sentiment
    layout-documents-well-configured-llm lecture-slides-assistant legal-judgment-long-documents
    linkedin-job-writing-prompts little-known-characters llm-translation-adapters-or-shots
    llm-translation-ten-directions log-anomalies-with-labels low-code-workflow-json
    many-narrow-tasks-one-gpu materials-entities materials-entities-128-abstracts
    materials-relations maths-tutor-dialogue medical-continued-pretraining
    medical-exam-small-budget medical-questions-medquad mercadolibre-transactions
    meta-root-cause-changes microsoft-incident-recommendations milo-family-calendar
    motivational-interviewing-chinese multi-hop-news-questions one-long-document-qa
    open-domain-small-talk open-entity-types-limited-compute orbital-property-diligence
    passage-reranking-no-labels patent-claims-drafting pharo-ide-completion
    phi-removal-tuned-gpt phishing-email-3b-models phone-function-calls
    plc-structured-text-compiler podium-conversation-end political-news-stance-sentiment
    product-attribute-values product-matching-unseen pubmed-summaries-t5
    question-pair-similarity-100k radiology-impressions radiology-summaries-million-reports
    raft-on-newer-models raft-open-book-exam rare-entities-synthetic-qa reading-tutor-low-cost
    rental-guest-messages requirements-other-project retail-contact-centre-replies
    retail-snowflake-sql road-inspection-logs-few-per-class safetykit-policy-rules
    schema-and-entity-matching-no-tuning schneider-account-linking science-answer-scoring
    sentence-simplification-44-models shopping-query-product-fit
    short-python-problems-gpt4-or-tuned shortwave-autocomplete shortwave-draft-style
    skill-spans-combined skill-spans-in-job-ads skysight-aviation-posts
    small-corpus-synthetic-pretraining southern-african-language-sentiment spider-sql-api
    statute-retrieval-two-stage stitchfix-ad-headlines stitchfix-product-descriptions
    stix-threat-entities-bart swiggy-dish-search swisscom-voice-bot
    systematic-review-screening-calibrated task-oriented-replies telecom-oracle-tuned-retrieval
    thomson-reuters-support tinder-handle-detection translation-quality-llm-annotator
    translation-quality-low-resource travelers-email-classes trial-eligibility-n2c2
    unit-tests-java unseen-language-in-house vannevar-multilingual-sentiment verilog-in-house
    walmart-relevance-judgement wayfair-style-pairs wix-support-routing-features
    workflow-hallucinated-steps xbrl-extreme-labels-lora zillow-fair-housing zuru-floor-plans
    """.split()  # noqa: SIM905 - two hundred lines less
)
"""The precedents that this was learned from."""
