namespace Record.Core.Identity.Evaluation;

/// <summary>Names for invented people: a few are common, most are rare, as in England; which ones depends on the ethnic category.</summary>
internal static class InventedNames
{
    private const double Common = 0.3; // share of family names that are on the list, among the white British

    private static readonly string[] BritishFamilies = Split("""
        Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood Jackson Clarke Harris Clark Turner Hill Moore
        Cooper Ward Morris King Watson Baker Harrison Morgan Patel Young Allen Mitchell James Anderson Phillips Lee Bell Parker Davis Bennett Cook Cox Miller Shaw Richardson Carter
        Collins Marshall Bailey Gray Simpson Adams Wilkinson Murphy Ellis Foster Chapman Mason Palmer Webb Rogers Hunt Mills Holmes Knight Matthews Barnes Lewis O'Brien Kelly Edwards
        Hughes Price Stewart Murray Reynolds Fisher Barker Dixon Fletcher Gibson Graham Hart Harvey Kennedy Lloyd Mcdonald Newman Owen Pearce Perry Porter Reid Russell Saunders Stevens
        """);

    private static readonly string[] Beginnings = Split("""
        Ash Bick Black Brad Bram Brough Burn Carl Chat Chen Cole Crom Dal Dun East Elm Fair Farn Feather Fen Gar Glen Gold Graf Green Had Ham Har Hart Hay Hazel Hether High Hol Hop Horn
        Hum Ing Kel Ken Kirk Lam Lang Lin Long Lum Mal Mar Mel Mid Mor Net New Nor Oak Old Over Pem Pen Pick Quar Rad Ram Red Rock Row Rush Sal Sed Shel Sher Stan Stock Strat Sut Thorn
        Til Turn Under Wal War Wen West Whit Wil Win Wood Wor Yard
        """);

    private static readonly string[] Endings = Split("""
        bank beck borough bourne brook burn bury by castle cliffe combe cott cross dale den don field ford gate grave grove ham hay head holme house hurst land leigh ley low man mere
        mond more nor over ridge shaw side stead stock stone ter thorpe ton tree vale wall well wick win wood worth yard
        """);

    private static readonly Dictionary<char, (string[] Male, string[] Female, string[] Family)> ByEthnicity = new()
    {
        ['A'] = (Split("""
            John David Michael James Robert William Paul Peter Thomas Andrew Richard Christopher George Daniel Stephen Mark Anthony Matthew Oliver Jack Harry Alan Kenneth Brian Edward Charles
            Joseph Samuel Benjamin Jacob Alexander Joshua Simon Kevin Gary Ian Martin Nicholas Jonathan Philip Raymond Ronald Derek Dennis Frank Arthur Albert Leonard Stanley Noah Leo Theo
            Archie Freddie Alfie Henry Luke Adam Lewis Ryan Nathan Callum Connor Graham Keith Barry Trevor Geoffrey Roger Colin Neil Stuart Craig Jamie Ben Max Reuben Toby Hugo Rufus
            """), Split("""
            Mary Susan Margaret Sarah Emma Olivia Elizabeth Patricia Jennifer Linda Christine Karen Julie Helen Jane Amanda Jacqueline Catherine Anne Barbara Jean Joan Dorothy Rebecca Laura
            Charlotte Emily Jessica Sophie Amelia Isla Ava Grace Lily Ella Chloe Lucy Hannah Victoria Alexandra Samantha Nicola Joanne Claire Rachel Louise Michelle Tracey Sharon Deborah
            Carol Janet Maureen Sheila Pauline Brenda Eileen Irene Doris Edith Florence Ivy Ruby Poppy Daisy Freya Evie Millie Holly Megan Abigail Natalie Katherine Heather Fiona Penelope
            Rosemary Gillian Hilary Beryl Muriel Winifred Imogen Tabitha Cordelia
            """), BritishFamilies),
        ['C'] = (Split("Piotr Krzysztof Andrzej Tomasz Paweł Marcin Michał Jan Luca Marco Giuseppe José Miguel João Nikolai Dmitri Andrei Ion Mihai Vasile Mantas Jonas"),
            Split("Anna Maria Katarzyna Małgorzata Agnieszka Ewa Zofia Giulia Francesca Carmen Lucía Ana Olga Natalia Elena Ioana Andreea Ingrid Eglė Rasa"),
            Split("Kowalski Nowak Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Popescu Ionescu Rusu Rossi Ferrari García Fernández Silva Santos Ivanov Petrov Kazlauskas Müller Jankauskas Dąbrowski")),
        ['H'] = (Split("Raj Amit Sanjay Vijay Anil Rahul Arjun Harpreet Gurpreet Manjit Ravi Suresh Rakesh Dev Nikhil Jaspal"),
            Split("Priya Anita Sunita Deepa Kavita Meera Neha Pooja Harpreet Manpreet Jaswinder Asha Geeta Rekha Anjali Simran"),
            Split("Patel Singh Kaur Shah Sharma Kumar Desai Mehta Gupta Joshi Parmar Chauhan Gill Sandhu Dhillon Nair Reddy Iyer")),
        ['J'] = (Split("Mohammed Muhammad Ahmed Ali Hassan Imran Usman Bilal Tariq Asif Zain Hamza Ibrahim Yusuf Faisal Adnan"),
            Split("Fatima Aisha Ayesha Khadija Maryam Zainab Nadia Saima Shazia Rabia Sana Hafsa Amina Noor Iqra Samina"),
            Split("Khan Ahmed Hussain Ali Mahmood Iqbal Malik Akhtar Begum Shah Mirza Butt Chaudhry Qureshi Raja Bibi")),
        ['N'] = (Split("Emmanuel Samuel Daniel Kwame Kofi Chidi Emeka Oluwaseun Tunde Babatunde Ibrahim Joseph Tendai Tafadzwa Abdi Kwabena"),
            Split("Grace Blessing Esther Mercy Ngozi Chioma Adaeze Folake Yetunde Abena Ama Akosua Rutendo Chipo Amina Patience"),
            Split("Okafor Adeyemi Mensah Owusu Boateng Asante Okonkwo Eze Nwosu Balogun Ogunleye Afolabi Moyo Ndlovu Dube Abdi Osei Appiah Adebayo")),
        ['R'] = (Split("Wei Jun Ming Hao Jie Chun Kai Tao Yong Lei"), Split("Li Mei Xia Ying Fang Yan Hui Jing Lan Xin"), Split("Wang Li Zhang Chen Liu Yang Huang Zhao Wu Zhou Wong Chan Cheung Lam Lau Ng")),
    };

    /// <summary>A given name.</summary>
    public static string Given(Random random, char ethnicity, bool male)
    {
        var names = Of(ethnicity);
        return Skewed(random, male ? names.Male : names.Female);
    }

    /// <summary>A family name.</summary>
    public static string Family(Random random, char ethnicity)
    {
        if (Known(ethnicity) != 'A') return Skewed(random, Of(ethnicity).Family);
        return random.NextDouble() < Common ? Skewed(random, BritishFamilies) : Beginnings[random.Next(Beginnings.Length)] + Endings[random.Next(Endings.Length)];
    }

    /// <summary>A street.</summary>
    public static string Street(Random random) => Beginnings[random.Next(Beginnings.Length)] + Endings[random.Next(Endings.Length)] + (random.Next(4) switch { 0 => " Street", 1 => " Road", 2 => " Avenue", _ => " Close" });

    private static char Known(char ethnicity) => ByEthnicity.ContainsKey(ethnicity) ? ethnicity : 'A';

    private static (string[] Male, string[] Female, string[] Family) Of(char ethnicity) => ByEthnicity[Known(ethnicity)];

    // The first of a list some ten times as often as the last.
    private static string Skewed(Random random, string[] names) => names[(int)(names.Length * Math.Pow(random.NextDouble(), 1.7))];

    private static string[] Split(string names) => names.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
