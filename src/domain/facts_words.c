/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/facts.h"

static const struct hl_vocab_word facts[] = {
	{HL_FACT_ACCESS, "access", HL_MSG("What was found at the address")},
	{HL_FACT_MATERIAL, "material", HL_MSG("Kind of material")},
	{HL_FACT_LIFELIKE, "lifelike",
		HL_MSG("Could be taken for a photograph or film")},
	{HL_FACT_ACT, "act", HL_MSG("Sexual activity")},
	{HL_FACT_POSING, "posing", HL_MSG("Posing")},
	{HL_FACT_AGE, "age", HL_MSG("Apparent age of the youngest")},
	{HL_FACT_SEX, "sex", HL_MSG("Sex")},
	{HL_FACT_CHILDREN, "children", HL_MSG("Number of children")},
	{HL_FACT_COMMERCIAL, "commercial", HL_MSG("Commercial")},
	{HL_FACT_SITE, "site", HL_MSG("Type of site")},
	{HL_FACT_SELFMADE, "self_made", HL_MSG("Made by the child")},
	{HL_FACT_OFFENSIVE, "offensive", HL_MSG("Offensive in another way")},
};
const struct hl_vocab hl_vocab_fact = {"fact", HL_ARRAY_LEN(facts), facts};

static const struct hl_vocab_word accesses[] = {
	{HL_ACCESS_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_ACCESS_SEEN, "seen", HL_MSG("Content seen")},
	{HL_ACCESS_PAYWALL, "pay_wall", HL_MSG("Behind a pay wall")},
	{HL_ACCESS_GONE, "gone", HL_MSG("No longer there")},
	{HL_ACCESS_UNREACHABLE, "unreachable", HL_MSG("Could not be reached")},
};
const struct hl_vocab hl_vocab_access = {
	"access", HL_ARRAY_LEN(accesses), accesses};

static const struct hl_vocab_word materials[] = {
	{HL_MATERIAL_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_MATERIAL_PHOTO, "photo", HL_MSG("Photo")},
	{HL_MATERIAL_VIDEO, "video", HL_MSG("Video")},
	{HL_MATERIAL_TEXT, "text", HL_MSG("Text")},
	{HL_MATERIAL_AUDIO, "audio", HL_MSG("Audio")},
	{HL_MATERIAL_DRAWING, "drawing", HL_MSG("Drawing")},
	{HL_MATERIAL_GENERATED, "computer_generated",
		HL_MSG("Computer-generated")},
	{HL_MATERIAL_LIVE, "live", HL_MSG("Live stream")},
};
const struct hl_vocab hl_vocab_material = {
	"material", HL_ARRAY_LEN(materials), materials};

static const struct hl_vocab_word acts[] = {
	{HL_ACT_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_ACT_NONE, "none", HL_MSG("None")},
	{HL_ACT_PRESENT, "present", HL_MSG("In the child’s presence")},
	{HL_ACT_INVOLVED, "involved", HL_MSG("The child takes part")},
	{HL_ACT_UNDETERMINED, "undetermined", HL_MSG("Cannot tell")},
};
const struct hl_vocab hl_vocab_act = {"act", HL_ARRAY_LEN(acts), acts};

static const struct hl_vocab_word posings[] = {
	{HL_POSING_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_POSING_NONE, "none", HL_MSG("None")},
	{HL_POSING_SEXUALISED, "sexualised", HL_MSG("Sexualised posing")},
	{HL_POSING_FOCUS, "focus",
		HL_MSG("Focus on sexual organs for a sexual purpose")},
	{HL_POSING_UNDETERMINED, "undetermined", HL_MSG("Cannot tell")},
};
const struct hl_vocab hl_vocab_posing = {
	"posing", HL_ARRAY_LEN(posings), posings};

static const struct hl_vocab_word ages[] = {
	{HL_AGE_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_AGE_INFANT, "infant", HL_MSG("Infant or toddler")},
	{HL_AGE_PREPUBESCENT, "prepubescent", HL_MSG("Before puberty")},
	{HL_AGE_PUBESCENT, "pubescent", HL_MSG("In puberty, under 18")},
	{HL_AGE_ADULT, "adult", HL_MSG("Adult")},
	{HL_AGE_UNDETERMINED, "undetermined", HL_MSG("Cannot tell")},
};
const struct hl_vocab hl_vocab_age = {"age", HL_ARRAY_LEN(ages), ages};

static const struct hl_vocab_word sexes[] = {
	{HL_SEX_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_SEX_FEMALE, "female", HL_MSG("Female")},
	{HL_SEX_MALE, "male", HL_MSG("Male")},
	{HL_SEX_BOTH, "both", HL_MSG("Both")},
	{HL_SEX_UNDETERMINED, "undetermined", HL_MSG("Cannot tell")},
};
const struct hl_vocab hl_vocab_sex = {"sex", HL_ARRAY_LEN(sexes), sexes};

static const struct hl_vocab_word children[] = {
	{HL_CHILDREN_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{1, "1", "1"},
	{2, "2", "2"},
	{3, "3", "3"},
	{4, "4", "4"},
	{5, "5", "5"},
	{6, "6", "6"},
	{7, "7", "7"},
	{8, "8", "8"},
	{9, "9", "9"},
	{10, "10", "10"},
	{HL_CHILDREN_MORE, "more", HL_MSG("More than 10")},
	{HL_CHILDREN_NONE, "none", HL_MSG("None")},
	{HL_CHILDREN_UNDETERMINED, "undetermined", HL_MSG("Cannot tell")},
};
const struct hl_vocab hl_vocab_children = {
	"children", HL_ARRAY_LEN(children), children};

static const struct hl_vocab_word sites[] = {
	{HL_SITE_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_SITE_WEBSITE, "website", HL_MSG("Website")},
	{HL_SITE_IMAGE_HOST, "image_host", HL_MSG("Image host")},
	{HL_SITE_FILE_HOST, "file_host", HL_MSG("File host")},
	{HL_SITE_VIDEO, "video", HL_MSG("Video site")},
	{HL_SITE_FORUM, "forum", HL_MSG("Forum")},
	{HL_SITE_SOCIAL, "social_network", HL_MSG("Social network")},
	{HL_SITE_BLOG, "blog", HL_MSG("Blog")},
	{HL_SITE_BANNER, "banner", HL_MSG("Banner or link site")},
	{HL_SITE_SEARCH, "search", HL_MSG("Search service")},
	{HL_SITE_REDIRECTOR, "redirector", HL_MSG("Short links or redirects")},
	{HL_SITE_MESSENGER, "messenger", HL_MSG("Chat or messenger")},
	{HL_SITE_HIDDEN, "hidden_service", HL_MSG("Hidden service")},
	{HL_SITE_OTHER, "other", HL_MSG("Another type")},
	{HL_SITE_UNDETERMINED, "undetermined", HL_MSG("Cannot tell")},
};
const struct hl_vocab hl_vocab_site = {"site", HL_ARRAY_LEN(sites), sites};
