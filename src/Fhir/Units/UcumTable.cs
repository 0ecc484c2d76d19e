namespace Kangqiao.Fhir.Units;

/// <summary>
/// The units of UCUM 2.1, tables 2 to 22, one a line: code, whether it takes prefixes, kind, value, the unit that value is of, name.
/// The kind is <c>base</c>, <c>ratio</c>, <c>arbitrary</c>, or the name of the <see cref="SpecialScale"/> that a special unit uses.
/// Codes and values are facts of the standard: UCUM is copyright © Regenstrief Institute, Inc. and the UCUM Organization,
/// https://ucum.org/license.
/// </summary>
internal static class UcumTable
{
    internal const string Rows =
        """
        # Base units
        m metric base 1 1 meter
        s metric base 1 1 second
        g metric base 1 1 gram
        rad metric base 1 1 radian
        K metric base 1 1 kelvin
        C metric base 1 1 coulomb
        cd metric base 1 1 candela

        # Dimensionless units
        10* - ratio 10 1 the number ten for arbitrary powers
        10^ - ratio 10 1 the number ten for arbitrary powers
        [pi] - ratio 3.1415926535897932384626433832795028841971693993751058209749445923 1 the number pi
        % - ratio 1 10*-2 percent
        [ppth] - ratio 1 10*-3 parts per thousand
        [ppm] - ratio 1 10*-6 parts per million
        [ppb] - ratio 1 10*-9 parts per billion
        [pptr] - ratio 1 10*-12 parts per trillion

        # SI units
        mol metric ratio 6.0221367 10*23 mole
        sr metric ratio 1 rad2 steradian
        Hz metric ratio 1 s-1 hertz
        N metric ratio 1 kg.m/s2 newton
        Pa metric ratio 1 N/m2 pascal
        J metric ratio 1 N.m joule
        W metric ratio 1 J/s watt
        A metric ratio 1 C/s ampere
        V metric ratio 1 J/C volt
        F metric ratio 1 C/V farad
        Ohm metric ratio 1 V/A ohm
        S metric ratio 1 Ohm-1 siemens
        Wb metric ratio 1 V.s weber
        Cel metric Celsius 1 K degree Celsius
        T metric ratio 1 Wb/m2 tesla
        H metric ratio 1 Wb/A henry
        lm metric ratio 1 cd.sr lumen
        lx metric ratio 1 lm/m2 lux
        Bq metric ratio 1 s-1 becquerel
        Gy metric ratio 1 J/kg gray
        Sv metric ratio 1 J/kg sievert

        # Other units from ISO 1000, ISO 2955 and ANSI X3.50
        deg - ratio 2 [pi].rad/360 degree
        gon - ratio 0.9 deg gon
        ' - ratio 1 deg/60 arc minute
        '' - ratio 1 '/60 arc second
        l metric ratio 1 dm3 liter
        L metric ratio 1 l liter
        ar metric ratio 100 m2 are
        min - ratio 60 s minute
        h - ratio 60 min hour
        d - ratio 24 h day
        a_t - ratio 365.24219 d tropical year
        a_j - ratio 365.25 d mean Julian year
        a_g - ratio 365.2425 d mean Gregorian year
        a - ratio 1 a_j year
        wk - ratio 7 d week
        mo_s - ratio 29.53059 d synodal month
        mo_j - ratio 1 a_j/12 mean Julian month
        mo_g - ratio 1 a_g/12 mean Gregorian month
        mo - ratio 1 mo_j month
        t metric ratio 1e3 kg metric ton
        bar metric ratio 1e5 Pa bar
        u metric ratio 1.6605402e-24 g unified atomic mass unit
        AU - ratio 149597.870691 Mm astronomic unit
        pc metric ratio 3.085678e16 m parsec
        eV metric ratio 1 [e].V electronvolt

        # Natural units
        [c] metric ratio 299792458 m/s velocity of light in a vacuum
        [h] metric ratio 6.6260755e-34 J.s Planck constant
        [k] metric ratio 1.380658e-23 J/K Boltzmann constant
        [eps_0] metric ratio 8.854187817e-12 F/m permittivity of vacuum - electric
        [mu_0] metric ratio 1 4.[pi].10*-7.N/A2 permeability of vacuum - magnetic
        [e] metric ratio 1.60217733e-19 C elementary charge
        [m_e] metric ratio 9.1093897e-28 g electron mass
        [m_p] metric ratio 1.6726231e-24 g proton mass
        [G] metric ratio 6.67259e-11 m3.kg-1.s-2 Newtonian constant of gravitation
        [g] metric ratio 980665e-5 m/s2 standard acceleration of free fall
        Torr - ratio 133.322 Pa Torr
        atm - ratio 101325 Pa standard atmosphere
        [ly] metric ratio 1 [c].a_j light-year
        gf metric ratio 1 g.[g] gram-force
        [lbf_av] - ratio 1 [lb_av].[g] pound force - US

        # CGS units
        Ky metric ratio 1 cm-1 Kayser
        Gal metric ratio 1 cm/s2 Gal
        dyn metric ratio 1 g.cm/s2 dyne
        erg metric ratio 1 dyn.cm erg
        P metric ratio 1 dyn.s/cm2 Poise
        Bi metric ratio 10 A Biot
        St metric ratio 1 cm2/s Stokes
        Mx metric ratio 1e-8 Wb Maxwell
        G metric ratio 1e-4 T Gauss
        Oe metric ratio 250 /[pi].A/m Oersted
        Gb metric ratio 1 Oe.cm Gilbert
        sb metric ratio 1 cd/cm2 stilb
        Lmb metric ratio 1 cd/cm2/[pi] Lambert
        ph metric ratio 1e-4 lx phot
        Ci metric ratio 37e9 Bq Curie
        R metric ratio 2.58e-4 C/kg Roentgen
        RAD metric ratio 100 erg/g radiation absorbed dose
        REM metric ratio 1 RAD radiation equivalent man

        # International customary units
        [in_i] - ratio 254e-2 cm inch
        [ft_i] - ratio 12 [in_i] foot
        [yd_i] - ratio 3 [ft_i] yard
        [mi_i] - ratio 5280 [ft_i] mile
        [fth_i] - ratio 6 [ft_i] fathom
        [nmi_i] - ratio 1852 m nautical mile
        [kn_i] - ratio 1 [nmi_i]/h knot
        [sin_i] - ratio 1 [in_i]2 square inch
        [sft_i] - ratio 1 [ft_i]2 square foot
        [syd_i] - ratio 1 [yd_i]2 square yard
        [cin_i] - ratio 1 [in_i]3 cubic inch
        [cft_i] - ratio 1 [ft_i]3 cubic foot
        [cyd_i] - ratio 1 [yd_i]3 cubic yard
        [bf_i] - ratio 144 [in_i]3 board foot
        [cr_i] - ratio 128 [ft_i]3 cord
        [mil_i] - ratio 1e-3 [in_i] mil
        [cml_i] - ratio 1 [pi]/4.[mil_i]2 circular mil
        [hd_i] - ratio 4 [in_i] hand

        # Older U.S. survey lengths
        [ft_us] - ratio 1200 m/3937 foot - US
        [yd_us] - ratio 3 [ft_us] yard - US
        [in_us] - ratio 1 [ft_us]/12 inch - US
        [rd_us] - ratio 16.5 [ft_us] rod - US
        [ch_us] - ratio 4 [rd_us] Gunter's chain - US
        [lk_us] - ratio 1 [ch_us]/100 link for Gunter's chain - US
        [rch_us] - ratio 100 [ft_us] Ramden's chain - US
        [rlk_us] - ratio 1 [rch_us]/100 link for Ramden's chain - US
        [fth_us] - ratio 6 [ft_us] fathom - US
        [fur_us] - ratio 40 [rd_us] furlong - US
        [mi_us] - ratio 8 [fur_us] mile - US
        [acr_us] - ratio 160 [rd_us]2 acre - US
        [srd_us] - ratio 1 [rd_us]2 square rod - US
        [smi_us] - ratio 1 [mi_us]2 square mile - US
        [sct] - ratio 1 [mi_us]2 section
        [twp] - ratio 36 [sct] township
        [mil_us] - ratio 1e-3 [in_us] mil - US

        # British imperial lengths
        [in_br] - ratio 2.539998 cm inch - British
        [ft_br] - ratio 12 [in_br] foot - British
        [rd_br] - ratio 16.5 [ft_br] rod - British
        [ch_br] - ratio 4 [rd_br] Gunter's chain - British
        [lk_br] - ratio 1 [ch_br]/100 link for Gunter's chain - British
        [fth_br] - ratio 6 [ft_br] fathom - British
        [pc_br] - ratio 2.5 [ft_br] pace - British
        [yd_br] - ratio 3 [ft_br] yard - British
        [mi_br] - ratio 5280 [ft_br] mile - British
        [nmi_br] - ratio 6080 [ft_br] nautical mile - British
        [kn_br] - ratio 1 [nmi_br]/h knot - British
        [acr_br] - ratio 4840 [yd_br]2 acre

        # U.S. volumes, with dry measures
        [gal_us] - ratio 231 [in_i]3 gallon - US
        [bbl_us] - ratio 42 [gal_us] barrel - US
        [qt_us] - ratio 1 [gal_us]/4 quart - US
        [pt_us] - ratio 1 [qt_us]/2 pint - US
        [gil_us] - ratio 1 [pt_us]/4 gill - US
        [foz_us] - ratio 1 [gil_us]/4 fluid ounce - US
        [fdr_us] - ratio 1 [foz_us]/8 fluid dram - US
        [min_us] - ratio 1 [fdr_us]/60 minim - US
        [crd_us] - ratio 128 [ft_i]3 cord - US
        [bu_us] - ratio 2150.42 [in_i]3 bushel - US
        [gal_wi] - ratio 1 [bu_us]/8 gallon - historical
        [pk_us] - ratio 1 [bu_us]/4 peck - US
        [dqt_us] - ratio 1 [pk_us]/8 dry quart - US
        [dpt_us] - ratio 1 [dqt_us]/2 dry pint - US
        [tbs_us] - ratio 1 [foz_us]/2 tablespoon - US
        [tsp_us] - ratio 1 [tbs_us]/3 teaspoon - US
        [cup_us] - ratio 16 [tbs_us] cup - US customary
        [foz_m] - ratio 30 mL fluid ounce - metric
        [cup_m] - ratio 240 mL cup - US legal
        [tsp_m] - ratio 5 mL teaspoon - metric
        [tbs_m] - ratio 15 mL tablespoon - metric

        # British imperial volumes
        [gal_br] - ratio 4.54609 l gallon - British
        [pk_br] - ratio 2 [gal_br] peck - British
        [bu_br] - ratio 4 [pk_br] bushel - British
        [qt_br] - ratio 1 [gal_br]/4 quart - British
        [pt_br] - ratio 1 [qt_br]/2 pint - British
        [gil_br] - ratio 1 [pt_br]/4 gill - British
        [foz_br] - ratio 1 [gil_br]/5 fluid ounce - British
        [fdr_br] - ratio 1 [foz_br]/8 fluid dram - British
        [min_br] - ratio 1 [fdr_br]/60 minim - British

        # Avoirdupois weights
        [gr] - ratio 64.79891 mg grain
        [lb_av] - ratio 7000 [gr] pound
        [oz_av] - ratio 1 [lb_av]/16 ounce
        [dr_av] - ratio 1 [oz_av]/16 Dram mass unit
        [scwt_av] - ratio 100 [lb_av] short hundredweight
        [lcwt_av] - ratio 112 [lb_av] long hundredweight
        [ston_av] - ratio 20 [scwt_av] short ton - US
        [lton_av] - ratio 20 [lcwt_av] long ton - British
        [stone_av] - ratio 14 [lb_av] stone - British

        # Troy weights
        [pwt_tr] - ratio 24 [gr] pennyweight - troy
        [oz_tr] - ratio 20 [pwt_tr] ounce - troy
        [lb_tr] - ratio 12 [oz_tr] pound - troy

        # Apothecaries weights
        [sc_ap] - ratio 20 [gr] scruple
        [dr_ap] - ratio 3 [sc_ap] dram - apothecary
        [oz_ap] - ratio 8 [dr_ap] ounce - apothecary
        [lb_ap] - ratio 12 [oz_ap] pound - apothecary
        [oz_m] - ratio 28 g ounce - metric

        # Units used in typesetting
        [lne] - ratio 1 [in_i]/12 line
        [pnt] - ratio 1 [lne]/6 point
        [pca] - ratio 12 [pnt] pica
        [pnt_pr] - ratio 0.013837 [in_i] Printer's point (typography)
        [pca_pr] - ratio 12 [pnt_pr] Printer's pica (typography)
        [pied] - ratio 32.48 cm pied
        [pouce] - ratio 1 [pied]/12 pouce
        [ligne] - ratio 1 [pouce]/12 ligne
        [didot] - ratio 1 [ligne]/6 didot
        [cicero] - ratio 12 [didot] cicero

        # Other units for heat and temperature
        [degF] - Fahrenheit 5 K/9 degrees Fahrenheit
        [degR] - ratio 5 K/9 degrees Rankine
        [degRe] - Reaumur 5 K/4 degrees Réaumur
        cal_[15] metric ratio 4.18580 J calorie at 15°C
        cal_[20] metric ratio 4.18190 J calorie at 20°C
        cal_m metric ratio 4.19002 J mean calorie
        cal_IT metric ratio 4.1868 J international table calorie
        cal_th metric ratio 4.184 J thermochemical calorie
        cal metric ratio 1 cal_th calorie
        [Cal] - ratio 1 kcal_th nutrition label Calories
        [Btu_39] - ratio 1.05967 kJ British thermal unit at 39°F
        [Btu_59] - ratio 1.05480 kJ British thermal unit at 59°F
        [Btu_60] - ratio 1.05468 kJ British thermal unit at 60°F
        [Btu_m] - ratio 1.05587 kJ mean British thermal unit
        [Btu_IT] - ratio 1.05505585262 kJ international table British thermal unit
        [Btu_th] - ratio 1.054350 kJ thermochemical British thermal unit
        [Btu] - ratio 1 [Btu_th] British thermal unit
        [HP] - ratio 550 [ft_i].[lbf_av]/s horsepower - mechanical
        tex metric ratio 1 g/km tex
        [den] - ratio 1 g/9/km Denier (linear mass density)

        # Units used predominantly in clinical medicine
        m[H2O] metric ratio 980665e-5 kPa meter of water column
        m[Hg] metric ratio 133.3220 kPa meter of mercury column
        [in_i'H2O] - ratio 1 m[H2O].[in_i]/m inch of water column
        [in_i'Hg] - ratio 1 m[Hg].[in_i]/m inch of mercury column
        [PRU] - ratio 1 mm[Hg].s/ml peripheral vascular resistance unit
        [wood'U] - ratio 1 mm[Hg].min/L Wood unit
        [diop] - ratio 1 /m diopter (lens)
        [p'diop] - TangentTimes100 1 rad prism diopter (magnifying power)
        %[slope] - TangentTimes100 1 rad percent of slope
        [mesh_i] - ratio 1 /[in_i] mesh
        [Ch] - ratio 1 mm/3 French (catheter gauge)
        [drp] - ratio 1 ml/20 drop - metric (1/20 mL)
        [hnsf'U] - ratio 1 1 Hounsfield unit
        [MET] - ratio 3.5 mL/min/kg Metabolic Equivalent of Task
        [hp'_X] - HomeopathicX 1 1 homeopathic potency of decimal series (retired code)
        [hp'_C] - HomeopathicC 1 1 homeopathic potency of centesimal series (retired code)
        [hp'_M] - HomeopathicM 1 1 homeopathic potency of millesimal series (retired code)
        [hp'_Q] - HomeopathicQ 1 1 homeopathic potency of quintamillesimal series (retired code)
        [hp_X] - arbitrary 1 1 homeopathic potency of decimal hahnemannian series
        [hp_C] - arbitrary 1 1 homeopathic potency of centesimal hahnemannian series
        [hp_M] - arbitrary 1 1 homeopathic potency of millesimal hahnemannian series
        [hp_Q] - arbitrary 1 1 homeopathic potency of quintamillesimal hahnemannian series
        [kp_X] - arbitrary 1 1 homeopathic potency of decimal korsakovian series
        [kp_C] - arbitrary 1 1 homeopathic potency of centesimal korsakovian series
        [kp_M] - arbitrary 1 1 homeopathic potency of millesimal korsakovian series
        [kp_Q] - arbitrary 1 1 homeopathic potency of quintamillesimal korsakovian series

        # Units used in chemical and biomedical laboratories
        eq metric ratio 1 mol equivalent
        osm metric ratio 1 mol osmole
        [pH] - PotentialOfHydrogen 1 mol/l pH
        g% metric ratio 1 g/dl gram percent
        [S] - ratio 1 10*-13.s Svedberg unit
        [HPF] - ratio 1 1 high power field (microscope)
        [LPF] - ratio 100 1 low power field (microscope)
        kat metric ratio 1 mol/s katal
        U metric ratio 1 umol/min enzyme unit
        [iU] metric arbitrary 1 1 international unit
        [IU] metric arbitrary 1 [iU] international unit
        [arb'U] - arbitrary 1 1 arbitrary unit
        [USP'U] - arbitrary 1 1 United States Pharmacopeia unit
        [GPL'U] - arbitrary 1 1 GPL unit
        [MPL'U] - arbitrary 1 1 MPL unit
        [APL'U] - arbitrary 1 1 APL unit
        [beth'U] - arbitrary 1 1 Bethesda unit
        [anti'Xa'U] - arbitrary 1 1 anti factor Xa unit
        [todd'U] - arbitrary 1 1 Todd unit
        [dye'U] - arbitrary 1 1 Dye unit
        [smgy'U] - arbitrary 1 1 Somogyi unit
        [bdsk'U] - arbitrary 1 1 Bodansky unit
        [ka'U] - arbitrary 1 1 King-Armstrong unit
        [knk'U] - arbitrary 1 1 Kunkel unit
        [mclg'U] - arbitrary 1 1 Mac Lagan unit
        [tb'U] - arbitrary 1 1 tuberculin unit
        [CCID_50] - arbitrary 1 1 50% cell culture infectious dose
        [TCID_50] - arbitrary 1 1 50% tissue culture infectious dose
        [EID_50] - arbitrary 1 1 50% embryo infectious dose
        [PFU] - arbitrary 1 1 plaque forming units
        [FFU] - arbitrary 1 1 focus forming units (cells)
        [CFU] - arbitrary 1 1 colony forming units
        [IR] - arbitrary 1 1 index of reactivity (allergen)
        [BAU] - arbitrary 1 1 bioequivalent allergen unit
        [AU] - arbitrary 1 1 allergy unit
        [Amb'a'1'U] - arbitrary 1 1 allergen unit for Ambrosia artemisiifolia
        [PNU] - arbitrary 1 1 protein nitrogen unit (allergen testing)
        [Lf] - arbitrary 1 1 Limit of flocculation
        [D'ag'U] - arbitrary 1 1 D-antigen unit (polio)
        [FEU] - arbitrary 1 1 fibrinogen equivalent units
        [ELU] - arbitrary 1 1 ELISA unit
        [EU] - arbitrary 1 1 Ehrlich units (urobilinogen)

        # Levels
        Np metric NaturalLog 1 1 neper
        B metric Log10 1 1 bel
        B[SPL] metric Log10Times2 2 10*-5.Pa bel sound pressure
        B[V] metric Log10Times2 1 V bel volt
        B[mV] metric Log10Times2 1 mV bel millivolt
        B[uV] metric Log10Times2 1 uV bel microvolt
        B[10.nV] metric Log10Times2 10 nV bel 10 nanovolt
        B[W] metric Log10 1 W bel watt
        B[kW] metric Log10 1 kW bel kilowatt

        # Miscellaneous units
        st metric ratio 1 m3 stere
        Ao - ratio 0.1 nm Ångström
        b - ratio 100 fm2 barn
        att - ratio 1 kgf/cm2 technical atmosphere
        mho metric ratio 1 S mho
        [psi] - ratio 1 [lbf_av]/[in_i]2 pound per square inch
        circ - ratio 2 [pi].rad circle - plane angle
        sph - ratio 4 [pi].sr sphere
        [car_m] - ratio 2e-1 g metric carat
        [car_Au] - ratio 1 /24 carat of gold alloys
        [smoot] - ratio 67 [in_i] Smoot
        [m/s2/Hz^(1/2)] - SquareRoot 1 m2/s4/Hz meter per square seconds per square root of hertz

        # Units used in information science and technology
        bit_s - Log2 1 1 bit - logarithmic
        bit metric ratio 1 1 bit
        By metric ratio 8 bit byte
        Bd metric ratio 1 /s baud
        """;

    /// <summary>Prefix code, value (UCUM table 1 and, for powers of two, table 23).</summary>
    internal const string Prefixes =
        """
        Y 1e24
        Z 1e21
        E 1e18
        P 1e15
        T 1e12
        G 1e9
        M 1e6
        k 1e3
        h 1e2
        da 10
        d 1e-1
        c 1e-2
        m 1e-3
        u 1e-6
        n 1e-9
        p 1e-12
        f 1e-15
        a 1e-18
        z 1e-21
        y 1e-24
        Ki 1024
        Mi 1048576
        Gi 1073741824
        Ti 1099511627776
        """;
}
